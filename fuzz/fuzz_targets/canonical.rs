#![no_main]
#![doc = "See the module `canonical` of the library."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| huaweicloud_dcs_fuzz::canonical::check(data));
