#![no_main]
#![doc = "See the module `url` of the library."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| huaweicloud_dcs_fuzz::url::check(data));
