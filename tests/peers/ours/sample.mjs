// @ts-check
// What the API reference's samples do, with this package: the keys come from the environment.
import { changeMasterStandbyAsync } from "huaweicloud-dcs";

const [, , projectId, instanceId = ""] = process.argv;
const endpoint = process.env.DCS_EMULATOR_URL;
console.log(await changeMasterStandbyAsync({ endpoint, projectId, instanceId }));
