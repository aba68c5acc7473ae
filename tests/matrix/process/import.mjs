// @ts-check
// Imports everything, and does nothing with it.
import "huaweicloud-dcs";
import "huaweicloud-dcs/signer";
import "huaweicloud-dcs/asymmetric";
import "huaweicloud-dcs/page";
import "huaweicloud-dcs/credentials";
