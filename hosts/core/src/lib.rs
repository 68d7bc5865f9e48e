//! The functions that a host of WebAssembly calls: numbers in, numbers out, and texts in the module's memory.
//!
//! `docs/abi.md` has their contract. Each is a few lines around a method of [`Module`]. No pointer of a host is followed: it
//! writes to a buffer of the module, and says which part of it to read.

mod error;
mod module;

use std::cell::RefCell;

use module::Module;

/// The allocator, with a third of the code of the standard library's.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The version of the contract, which grows when a host has to change.
const ABI: u32 = 1;

thread_local! {
    static MODULE: RefCell<Module> = RefCell::default();
}

/// Calls a method of the module. There are no imports, so that a call never happens inside of another one.
fn with<T>(work: impl FnOnce(&mut Module) -> T) -> T {
    MODULE.with_borrow_mut(work)
}

/// Returns the version of the contract: 1.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_abi() -> u32 {
    ABI
}

/// Sets the time of parsing, in milliseconds since 1970.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_now(milliseconds: i64) {
    module::set_clock(milliseconds);
}

/// Returns the address of the input buffer, made long enough for this many bytes; 0 if it cannot be.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_buffer(length: u32) -> u32 {
    with(|module| module.buffer(length))
}

/// Returns the address of the result record, which never moves.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_result() -> u32 {
    with(|module| module.result())
}

/// Makes a parser of the options at the start of the buffer. Returns its handle, from 1, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_open(length: u32) -> i32 {
    with(|module| module.open(length))
}

/// Frees a parser. Returns 0, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_close(handle: i32) -> i32 {
    with(|module| module.close(handle))
}

/// Has a parser start a new input. Returns 0, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_reset(handle: i32) -> i32 {
    with(|module| module.reset(handle))
}

/// Reads a part of the buffer as one line. Returns the kind of the line, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_line(handle: i32, start: u32, length: u32) -> i32 {
    with(|module| module.line(handle, start, length))
}

/// Reads a part of the buffer as a chunk of an input. Returns 0, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_push(handle: i32, start: u32, length: u32) -> i32 {
    with(|module| module.push(handle, start, length))
}

/// Ends the input of a parser. Returns 0, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_end(handle: i32) -> i32 {
    with(|module| module.end(handle))
}

/// Describes a parser as JSON. Returns 0, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn vpcflow_info(handle: i32) -> i32 {
    with(|module| module.info(handle))
}
