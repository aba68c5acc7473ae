// Swap swaps the nodes of an instance with the official Go SDK: swap REGION PROJECT_ID INSTANCE_ID.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	dcs "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dcs/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dcs/v2/model"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dcs/v2/region"
)

func swap(regionID, projectID, instanceID string) (*model.ChangeMasterStandbyAsyncResponse, error) {
	key, err := basic.NewCredentialsBuilder().
		WithAk(os.Getenv("HUAWEICLOUD_SDK_AK")).
		WithSk(os.Getenv("HUAWEICLOUD_SDK_SK")).
		WithProjectId(projectID).
		SafeBuild()
	if err != nil {
		return nil, err
	}
	where, err := region.SafeValueOf(regionID)
	if err != nil {
		return nil, err
	}
	http, err := dcs.DcsClientBuilder().WithRegion(where).WithCredential(key).SafeBuild()
	if err != nil {
		return nil, err
	}
	request := &model.ChangeMasterStandbyAsyncRequest{InstanceId: instanceID}
	return dcs.NewDcsClient(http).ChangeMasterStandbyAsync(request)
}

func main() {
	accepted, err := swap(os.Args[1], os.Args[2], os.Args[3])
	var refusal *sdkerr.ServiceResponseError
	if errors.As(err, &refusal) {
		log.Fatalf("HTTP %d %s: %s (%s)",
			refusal.StatusCode, refusal.ErrorCode, refusal.ErrorMessage, refusal.RequestId)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("job_id:", *accepted.JobId)
}
