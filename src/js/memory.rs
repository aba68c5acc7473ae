//! How texts cross to sign: as bytes in two buffers of this module, which `memory.mjs` of the package writes and reads in
//! place. Strings across the boundary are a good part of a signature's time, and their glue a good part of the signer's
//! size.

use std::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{Error, ErrorKind};

struct Buffers {
    /// What JavaScript wrote for the next call.
    input: Vec<u8>,
    /// What the last call gave.
    output: Vec<u8>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = const {
        RefCell::new(Buffers {
            input: Vec::new(),
            output: Vec::new(),
        })
    };
}

/// An input buffer that has grown beyond this is given back after its use, in bytes.
const MAX_KEPT_BYTES: usize = 1 << 16;

/// Makes place for `bytes` bytes of input; where JavaScript writes them.
#[wasm_bindgen]
pub fn reserve(bytes: usize) -> *mut u8 {
    BUFFERS.with_borrow_mut(|Buffers { input, .. }| {
        // It keeps its length: filling it with zeros each time would take as long as a hash of it.
        if input.len() < bytes {
            input.resize(bytes, 0);
        }
        input.as_mut_ptr()
    })
}

/// The memory that both buffers are in.
#[wasm_bindgen(js_name = linearMemory)]
pub fn linear_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// Where the output of the last call stands.
#[wasm_bindgen]
pub fn output() -> *const u8 {
    BUFFERS.with_borrow(|buffers| buffers.output.as_ptr())
}

/// How many bytes of output the last call gave, or say why it was refused.
#[wasm_bindgen(js_name = outputSize)]
pub fn output_size() -> usize {
    BUFFERS.with_borrow(|buffers| buffers.output.len())
}

/// Reads the input, and writes the output.
type Work<'a> = &'a mut dyn FnMut(&[u8], &mut Vec<u8>) -> Result<(), Error>;

/// Hands the first `size` bytes of input to `work`. Gives how many bytes of output there are; below zero they say what is
/// wrong: a field, NUL, and a message.
pub(super) fn exchange(size: usize, work: Work<'_>) -> i32 {
    BUFFERS.with_borrow_mut(|Buffers { input, output }| {
        wipe(output);
        output.clear();
        let result = work(&input[..size], output);
        wipe(&mut input[..size]);
        if input.len() > MAX_KEPT_BYTES {
            *input = Vec::new();
        }
        let Err(error) = result else {
            return output.len() as i32;
        };
        let (field, message) = field_and_message(&error);
        output.clear();
        output.extend_from_slice(field.as_bytes());
        output.push(0);
        output.extend_from_slice(message.as_bytes());
        -(output.len() as i32)
    })
}

/// Which option is wrong, and what is wrong with it.
pub(super) fn field_and_message(error: &Error) -> (&str, &str) {
    match error.kind() {
        ErrorKind::InvalidArgument { field, message } => (field, message),
        ErrorKind::Credentials { message } => ("credentials", message),
        // No other error is made before something is sent.
        _ => ("options", ""),
    }
}

/// Leaves nothing of keys, tokens and bodies in a buffer.
pub(super) fn wipe(buffer: &mut [u8]) {
    buffer.fill(0);
    // JavaScript could read the zeros, so that no compiler can take them for unused.
    std::hint::black_box(buffer.as_mut_ptr());
}

/// Leaves nothing of the last call's output: a request that was signed with a security token has it in its headers.
pub(super) fn wipe_output() {
    BUFFERS.with_borrow_mut(|buffers| wipe(&mut buffers.output));
}
