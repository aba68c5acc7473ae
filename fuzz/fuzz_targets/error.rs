#![no_main]
#![doc = "See the module `error` of the library."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| huaweicloud_dcs_fuzz::error::check(data));
