import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.core.invoker.BaseInvoker;
import com.huaweicloud.sdk.core.utils.JsonUtils;
import com.huaweicloud.sdk.dcs.v2.DcsClient;
import com.huaweicloud.sdk.dcs.v2.model.ChangeMasterStandbyAsyncRequest;
import com.huaweicloud.sdk.dcs.v2.model.ListGroupReplicationInfoRequest;
import com.huaweicloud.sdk.dcs.v2.model.ListInstancesRequest;
import com.huaweicloud.sdk.dcs.v2.model.ShowInstanceRequest;
import com.huaweicloud.sdk.dcs.v2.model.ShowJobInfoRequest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

/**
 * Makes one call of the official Java SDK for each line of JSON it reads, and prints what came of
 * it. The lines in and out are described in ../judge.py.
 */
public final class Probe {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Probe() {}

    private static Object call(JsonNode order) {
        BasicCredentials credentials =
                new BasicCredentials()
                        .withAk(order.get("ak").asText())
                        .withSk(order.get("sk").asText())
                        .withProjectId(order.get("project_id").asText());
        DcsClient client =
                DcsClient.newBuilder()
                        .withCredential(credentials)
                        .withEndpoints(Collections.singletonList(System.getenv("DCS_EMULATOR_URL")))
                        .build();
        String parameters = order.path("parameters").toString();
        int retries = order.path("retries").asInt(0);
        switch (order.get("operation").asText()) {
            case "ChangeMasterStandbyAsync":
                ChangeMasterStandbyAsyncRequest swap =
                        JsonUtils.toObject(parameters, ChangeMasterStandbyAsyncRequest.class);
                if (retries == 0) {
                    return client.changeMasterStandbyAsync(swap);
                }
                return client.changeMasterStandbyAsyncInvoker(swap)
                        .withRetry(retries, BaseInvoker.defaultRetryCondition())
                        .invoke();
            case "ShowJobInfo":
                return client.showJobInfo(JsonUtils.toObject(parameters, ShowJobInfoRequest.class));
            case "ShowInstance":
                return client.showInstance(
                        JsonUtils.toObject(parameters, ShowInstanceRequest.class));
            case "ListInstances":
                return client.listInstances(
                        JsonUtils.toObject(parameters, ListInstancesRequest.class));
            case "ListGroupReplicationInfo":
                return client.listGroupReplicationInfo(
                        JsonUtils.toObject(parameters, ListGroupReplicationInfoRequest.class));
            default:
                throw new IllegalArgumentException("no operation " + order.get("operation"));
        }
    }

    private static ObjectNode attempt(String line) throws Exception {
        ObjectNode result = JSON.createObjectNode();
        try {
            JsonNode answer = JSON.readTree(JsonUtils.toJSON(call(JSON.readTree(line))));
            result.put("ok", true);
            result.set("answer", answer);
        } catch (ServiceResponseException error) {
            result.put("ok", false);
            result.put("exception", error.getClass().getSimpleName());
            result.put("status_code", error.getHttpStatusCode());
            result.put("error_code", error.getErrorCode());
            result.put("error_msg", error.getErrorMsg());
            result.put("request_id", error.getRequestId());
        } catch (RuntimeException error) {
            result.put("ok", false);
            result.put("exception", error.getClass().getSimpleName());
        }
        return result;
    }

    public static void main(String[] args) throws Exception {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(JSON.writeValueAsString(attempt(line)));
        }
    }
}
