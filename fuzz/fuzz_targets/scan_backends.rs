#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| vpcflow_ecs_fuzz::scan_backends::run(input));
