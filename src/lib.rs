//! Switch the master and standby nodes of a Huawei Cloud DCS instance.
