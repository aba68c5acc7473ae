//! Signing at the boundary. Texts cross as bytes in two buffers of this module, which JavaScript writes and reads in place,
//! and everything else as numbers: strings across the boundary are a good part of a signature's time, and their glue a good
//! part of the signer's size.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::credential::{AccessKey, Credential as Core, Secret};
use crate::error::{Error, ErrorKind};
use crate::sign::{Algorithm, Headers, Payload, Scope, SdkDate, Unsigned, Url, header};
use crate::text::{from_ascii, split_bytes_once};

/// What crosses.
struct Buffers {
    /// What JavaScript wrote for the next call.
    given: Vec<u8>,
    /// What the last call made.
    made: Vec<u8>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = const {
        RefCell::new(Buffers {
            given: Vec::new(),
            made: Vec::new(),
        })
    };
}

/// A buffer that has grown beyond is given back after its use, in bytes.
const KEPT: usize = 1 << 16;

/// Makes room for `bytes` bytes; where JavaScript writes them.
#[wasm_bindgen]
pub fn reserve(bytes: usize) -> *mut u8 {
    BUFFERS.with_borrow_mut(|Buffers { given, .. }| {
        // It keeps its length: filling it with zeros each time would take as long as a hash of it.
        if given.len() < bytes {
            given.resize(bytes, 0);
        }
        given.as_mut_ptr()
    })
}

/// Where the bytes stand that the last call made.
#[wasm_bindgen]
pub fn made() -> *const u8 {
    BUFFERS.with_borrow(|buffers| buffers.made.as_ptr())
}

/// Reads what was given, and makes something of it.
type Make<'a> = &'a mut dyn FnMut(&[u8], &mut Vec<u8>) -> Result<(), Error>;

/// Hands the first `size` bytes of what was given to `make`, which fills what is made. Gives how many bytes were made;
/// below zero they say what is wrong: a field, NUL, and a message.
fn exchange(size: usize, make: Make<'_>) -> i32 {
    BUFFERS.with_borrow_mut(|Buffers { given, made }| {
        wipe(made);
        made.clear();
        let done = make(&given[..size], made);
        wipe(&mut given[..size]);
        if given.len() > KEPT {
            *given = Vec::new();
        }
        let Err(error) = done else {
            return made.len() as i32;
        };
        let (field, message) = field_and_message(&error);
        made.clear();
        made.extend_from_slice(field.as_bytes());
        made.push(0);
        made.extend_from_slice(message.as_bytes());
        -(made.len() as i32)
    })
}

/// What is wrong with which option.
pub(super) fn field_and_message(error: &Error) -> (&str, &str) {
    match error.kind() {
        ErrorKind::InvalidArgument { field, message } => (field, message),
        ErrorKind::Credentials { message } => ("credentials", message),
        // No other error is made before something is sent.
        _ => ("options", ""),
    }
}

/// Leaves nothing in a buffer: keys, tokens and bodies pass through.
fn wipe(buffer: &mut [u8]) {
    buffer.fill(0);
    // JavaScript could read the zeros, so that no compiler can take them for unused.
    std::hint::black_box(buffer.as_mut_ptr());
}

/// What one credential holds.
pub struct Held {
    /// The key or token.
    pub core: Core,
    /// Used when a call gives none.
    #[cfg_attr(
        not(feature = "client"),
        allow(dead_code, reason = "only a client makes calls")
    )]
    pub project_id: Option<String>,
}

impl Drop for Held {
    fn drop(&mut self) {
        // A request that was signed with a security token has it in its headers.
        BUFFERS.with_borrow_mut(|buffers| wipe(&mut buffers.made));
    }
}

/// Credentials in wasm memory, wiped by `free()`; an object in JavaScript holds only a pointer.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Credential(pub(super) Rc<Held>);

/// Takes credentials as `credentials.js` packs them, in `size` bytes; none when they are refused, which [`refusal`] then
/// explains.
#[wasm_bindgen]
pub fn hold(size: usize) -> Option<Credential> {
    let mut held = None;
    exchange(size, &mut |packed, _| {
        held = Some(Credential::unpack(packed)?);
        Ok(())
    });
    held
}

/// How many bytes say why the last call was refused.
#[wasm_bindgen]
pub fn refusal() -> usize {
    BUFFERS.with_borrow(|buffers| buffers.made.len())
}

/// The access key id (empty for a token), or the token (empty for a key), which JavaScript sends.
#[wasm_bindgen]
pub fn part(credential: &Credential, token: bool) -> i32 {
    exchange(0, &mut |_, made| {
        match (&credential.0.core, token) {
            (Core::AccessKey(key), false) => made.extend_from_slice(key.ak_bytes()),
            (Core::Token(token), true) => made.extend_from_slice(token.expose()),
            _ => {}
        }
        Ok(())
    })
}

impl Credential {
    /// Takes five texts joined by NUL: ak, sk, securityToken, token, projectId; an empty one is none.
    fn unpack(packed: &[u8]) -> Result<Self, Error> {
        let mut texts = Texts(Some(packed));
        let [ak, sk, security_token, token, project_id] = std::array::from_fn(|_| texts.next());
        let core = if token.is_empty() {
            let security_token = Some(security_token).filter(|token| !token.is_empty());
            Core::AccessKey(Box::new(AccessKey::read(ak, sk, security_token)?))
        } else {
            Core::Token(Secret::read(token, "credentials.token")?)
        };
        let project_id = Some(project_id).filter(|id| !id.is_empty());
        Ok(Self(Rc::new(Held {
            core,
            project_id: project_id.map(|id| from_ascii(id.to_vec())),
        })))
    }

    /// The access key, where one is needed.
    fn key(&self) -> Result<&AccessKey, Error> {
        match &self.0.core {
            Core::AccessKey(key) => Ok(key),
            Core::Token(_) => Err(Error::invalid(
                "credentials",
                "is a token; signing needs an access key",
            )),
        }
    }
}

/// Texts joined by NUL, one after the other; empty ones when there are no more.
struct Texts<'a>(Option<&'a [u8]>);

impl<'a> Texts<'a> {
    fn next(&mut self) -> &'a [u8] {
        let (text, rest) = split_bytes_once(self.0.unwrap_or_default(), 0);
        self.0 = rest;
        text
    }
}

#[wasm_bindgen(module = "/src/js/platform.js")]
extern "C" {
    /// Writes the next bytes of the body, `most` at most; gives how many.
    #[wasm_bindgen(js_name = readBody)]
    fn read_body(at: *mut u8, most: usize) -> usize;
    /// Says who does that. The entry points do it in JavaScript; here it is for tests.
    #[wasm_bindgen(js_name = readFrom)]
    pub fn read_from(source: &wasm_bindgen::JsValue);
}

/// How many bytes of a body cross at a time.
const PIECE: usize = 4096;

fn pieces_of_body(take: &mut dyn FnMut(&[u8])) {
    let mut piece = [0; PIECE];
    loop {
        let size = read_body(piece.as_mut_ptr(), PIECE);
        if size == 0 {
            break;
        }
        take(&piece[..size]);
    }
    wipe(&mut piece);
}

/// Signs a request. Given are `size` bytes of texts joined by NUL: method, URL, algorithm, region, service and date (empty:
/// none), then name and value of each of `headers` headers. A body is none (0), read from JavaScript (1), or not signed (2).
/// Made are texts joined by NUL: canonical request, string to sign, Authorization, then name and value of each header to
/// send.
#[wasm_bindgen]
pub fn sign(credential: &Credential, size: usize, headers: usize, body: u32, now_ms: f64) -> i32 {
    exchange(size, &mut |given, made| {
        let texts = Texts(Some(given));
        let payload = match body {
            0 => Payload::Bytes(&[]),
            1 => Payload::Pieces(&pieces_of_body),
            _ => Payload::Unsigned,
        };
        let key = credential.key()?;
        sign_texts(made, key, texts, headers, payload, now_ms as i64)
    })
}

fn sign_texts(
    made: &mut Vec<u8>,
    key: &AccessKey,
    mut texts: Texts<'_>,
    count: usize,
    payload: Payload<'_>,
    now_ms: i64,
) -> Result<(), Error> {
    let [method, url, algorithm, region, service, mut date] = std::array::from_fn(|_| texts.next());
    let mut headers = Headers::default();
    for _ in 0..count {
        headers.add(texts.next(), texts.next())?;
    }
    if texts.0.is_some() {
        return Err(Error::invalid("headers", "must not contain NUL"));
    }
    if let Some(token) = key.security_token() {
        headers.set(header::X_SECURITY_TOKEN, token.expose());
    }
    if date.is_empty() {
        date = headers
            .bytes(header::X_SDK_DATE.as_bytes())
            .unwrap_or_default();
    }
    let request = Unsigned {
        method: check_method(method)?,
        url: Url::read(url, "url")?,
        headers,
        payload,
        date: if date.is_empty() {
            SdkDate::from_unix_ms(now_ms)
        } else {
            SdkDate::read(date)?
        },
        algorithm: read_algorithm(algorithm)?,
        scope: (!region.is_empty() || !service.is_empty()).then_some(Scope { region, service }),
    };
    let prepared = request.prepare()?;
    made.extend_from_slice(&prepared.text);
    made.push(0);
    prepared.authorization_into(made, key)?;
    for (name, value) in prepared.headers.iter() {
        made.push(0);
        made.extend_from_slice(name);
        made.push(0);
        header::byte_string_into(made, value);
    }
    Ok(())
}

fn read_algorithm(name: &[u8]) -> Result<Algorithm, Error> {
    if name.is_empty() {
        return Ok(Algorithm::default());
    }
    Algorithm::read(name)
}

/// A method is a token, in upper case.
fn check_method(method: &[u8]) -> Result<&[u8], Error> {
    let usual = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'-';
    if method.is_empty() || !method.iter().all(usual) {
        return Err(Error::invalid(
            "method",
            "must be an HTTP method in upper case, for example PUT",
        ));
    }
    Ok(method)
}

#[cfg(feature = "client")]
pub(super) mod client {
    //! Credentials as the client's options give them: objects of JavaScript.

    use wasm_bindgen::JsValue;
    use wasm_bindgen::convert::TryFromJsValue;
    use wasm_bindgen::prelude::wasm_bindgen;
    use zeroize::Zeroizing;

    use super::super::error::refused;
    use super::Credential;
    use crate::error::Error;

    #[wasm_bindgen(module = "/src/js/credentials.js")]
    extern "C" {
        #[wasm_bindgen(catch, js_name = packCredentials)]
        fn pack_credentials(credentials: &JsValue) -> Result<String, JsValue>;
        #[wasm_bindgen(catch)]
        fn share(credential: &JsValue) -> Result<JsValue, JsValue>;
    }

    #[wasm_bindgen]
    impl Credential {
        /// Internal: another handle on the same.
        #[wasm_bindgen(js_name = _share)]
        pub fn share(&self) -> Credential {
            self.clone()
        }
    }

    impl Credential {
        /// Takes `{ ak, sk, securityToken?, projectId? }` or `{ token, projectId? }`.
        pub fn new(credentials: &JsValue) -> Result<Self, JsValue> {
            let packed = Zeroizing::new(pack_credentials(credentials)?);
            Self::unpack(packed.as_bytes()).map_err(|error| refused(&error))
        }

        /// A credential object, or one of plain credentials.
        pub fn given(value: &JsValue) -> Result<Self, JsValue> {
            // Reading it first catches the proxies for which `instanceof` throws.
            let pointer = js_sys::Reflect::get(value, &"__wbg_ptr".into()).unwrap_or_default();
            match pointer.as_f64() {
                Some(0.0) => Err(refused(&Error::invalid("credentials", "has been freed"))),
                Some(_) => Self::shared(value).map_or_else(|| Self::new(value), Ok),
                None => Self::new(value),
            }
        }

        /// What a credential object holds; the object stays whose it is.
        pub fn shared(value: &JsValue) -> Option<Self> {
            Self::try_from_js_value(share(value).ok()?).ok()
        }
    }
}
