#![no_main]
#![doc = "See the module `profile` of the library."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| huaweicloud_dcs_fuzz::profile::check(data));
