// Probe makes one call of the official Go SDK for each line of JSON it reads, and prints what came
// of it. The lines in and out are described in ../../judge.py.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/invoker/retry"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	dcs "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dcs/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/dcs/v2/model"
)

type order struct {
	Operation  string          `json:"operation"`
	AK         string          `json:"ak"`
	SK         string          `json:"sk"`
	ProjectID  string          `json:"project_id"`
	Parameters json.RawMessage `json:"parameters"`
	Retries    int             `json:"retries"`
}

type result struct {
	OK         bool        `json:"ok"`
	Answer     interface{} `json:"answer,omitempty"`
	Exception  string      `json:"exception,omitempty"`
	StatusCode int         `json:"status_code,omitempty"`
	ErrorCode  string      `json:"error_code,omitempty"`
	ErrorMsg   string      `json:"error_msg,omitempty"`
	RequestID  string      `json:"request_id,omitempty"`
}

func call(o order) (interface{}, error) {
	auth, err := basic.NewCredentialsBuilder().
		WithAk(o.AK).WithSk(o.SK).WithProjectId(o.ProjectID).SafeBuild()
	if err != nil {
		return nil, err
	}
	http, err := dcs.DcsClientBuilder().
		WithEndpoints([]string{os.Getenv("DCS_EMULATOR_URL")}).WithCredential(auth).SafeBuild()
	if err != nil {
		return nil, err
	}
	client := dcs.NewDcsClient(http)
	switch o.Operation {
	case "ChangeMasterStandbyAsync":
		request := &model.ChangeMasterStandbyAsyncRequest{}
		if err := json.Unmarshal(o.Parameters, request); err != nil {
			return nil, err
		}
		onError := func(_ interface{}, err error) bool { return err != nil }
		invoker := client.ChangeMasterStandbyAsyncInvoker(request)
		invoker.WithRetry(o.Retries, onError, retry.NewEqualJitter())
		return invoker.Invoke()
	case "ShowJobInfo":
		request := &model.ShowJobInfoRequest{}
		if err := json.Unmarshal(o.Parameters, request); err != nil {
			return nil, err
		}
		return client.ShowJobInfo(request)
	case "ShowInstance":
		request := &model.ShowInstanceRequest{}
		if err := json.Unmarshal(o.Parameters, request); err != nil {
			return nil, err
		}
		return client.ShowInstance(request)
	case "ListInstances":
		request := &model.ListInstancesRequest{}
		if err := json.Unmarshal(o.Parameters, request); err != nil {
			return nil, err
		}
		return client.ListInstances(request)
	case "ListGroupReplicationInfo":
		request := &model.ListGroupReplicationInfoRequest{}
		if err := json.Unmarshal(o.Parameters, request); err != nil {
			return nil, err
		}
		return client.ListGroupReplicationInfo(request)
	}
	return nil, fmt.Errorf("no operation %q", o.Operation)
}

func attempt(line []byte) result {
	var o order
	if err := json.Unmarshal(line, &o); err != nil {
		return result{Exception: err.Error()}
	}
	answer, err := call(o)
	if err == nil {
		return result{OK: true, Answer: answer}
	}
	var refused *sdkerr.ServiceResponseError
	if errors.As(err, &refused) {
		return result{
			Exception:  "ServiceResponseError",
			StatusCode: refused.StatusCode,
			ErrorCode:  refused.ErrorCode,
			ErrorMsg:   refused.ErrorMessage,
			RequestID:  refused.RequestId,
		}
	}
	return result{Exception: fmt.Sprintf("%T", err)}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := out.Encode(attempt(lines.Bytes())); err != nil {
			panic(err)
		}
	}
}
