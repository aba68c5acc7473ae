//! A local Huawei Cloud DCS.
fn main() {}
