#![no_main]
#![doc = "See the module `switchover` of the library."]

libfuzzer_sys::fuzz_target!(|data: &[u8]| huaweicloud_dcs_fuzz::switchover::check(data));
