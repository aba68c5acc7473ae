import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.dcs.v2.DcsClient;
import com.huaweicloud.sdk.dcs.v2.model.ChangeMasterStandbyAsyncRequest;
import com.huaweicloud.sdk.dcs.v2.region.DcsRegion;

/** Swaps the nodes of an instance with the official Java SDK: Swap REGION PROJECT_ID INSTANCE_ID. */
public final class Swap {
    private Swap() {}

    public static void main(String[] args) {
        BasicCredentials key =
                new BasicCredentials()
                        .withAk(System.getenv("HUAWEICLOUD_SDK_AK"))
                        .withSk(System.getenv("HUAWEICLOUD_SDK_SK"))
                        .withProjectId(args[1]);
        DcsClient dcs =
                DcsClient.newBuilder()
                        .withCredential(key)
                        .withRegion(DcsRegion.valueOf(args[0]))
                        .build();
        ChangeMasterStandbyAsyncRequest swap =
                new ChangeMasterStandbyAsyncRequest().withInstanceId(args[2]);
        try {
            System.out.println("job_id: " + dcs.changeMasterStandbyAsync(swap).getJobId());
        } catch (ServiceResponseException refusal) {
            System.err.printf(
                    "HTTP %d %s: %s (%s)%n",
                    refusal.getHttpStatusCode(),
                    refusal.getErrorCode(),
                    refusal.getErrorMsg(),
                    refusal.getRequestId());
            System.exit(1);
        }
    }
}
