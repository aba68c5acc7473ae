//! Signing at the boundary: [`sign`] reads one text from the input and writes one to the output; see [`super::memory`].

use wasm_bindgen::prelude::wasm_bindgen;

use super::credential::Credential;
use super::memory::{exchange, wipe};
use crate::credential::AccessKey;
use crate::error::Error;
use crate::sign::{Algorithm, Headers, Payload, Scope, SdkDate, Unsigned, Url, header};
use crate::text::split_bytes_once;

/// Texts joined by NUL, one after the other; empty ones when there are no more.
struct Texts<'a>(Option<&'a [u8]>);

impl<'a> Texts<'a> {
    fn next(&mut self) -> &'a [u8] {
        let (text, rest) = split_bytes_once(self.0.unwrap_or_default(), 0);
        self.0 = rest;
        text
    }
}

#[wasm_bindgen(module = "/src/js/body.js")]
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

/// What is signed of a body.
#[wasm_bindgen]
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SignedBody {
    /// There is none.
    Empty,
    /// It is read from JavaScript, piece by piece.
    Read,
    /// Nothing: it is sent as `UNSIGNED-PAYLOAD`.
    Unsigned,
}

/// Signs a request. The input is `size` bytes of texts joined by NUL: method, URL, algorithm, region, service and date
/// (empty where there is none), then name and value of each of `headers` headers. The output is texts joined by NUL: the
/// canonical request, the string to sign, the value of `Authorization`, then name and value of each header to send.
#[wasm_bindgen]
pub fn sign(
    credential: &Credential,
    size: usize,
    headers: usize,
    body: SignedBody,
    now_ms: f64,
) -> i32 {
    exchange(size, &mut |input, output| {
        let texts = Texts(Some(input));
        let payload = match body {
            SignedBody::Empty => Payload::Bytes(&[]),
            SignedBody::Read => Payload::Pieces(&pieces_of_body),
            SignedBody::Unsigned => Payload::Unsigned,
        };
        let key = credential.key()?;
        sign_texts(output, key, texts, headers, payload, now_ms as i64)
    })
}

fn sign_texts(
    output: &mut Vec<u8>,
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
    output.extend_from_slice(&prepared.text);
    output.push(0);
    prepared.authorization_into(output, key)?;
    for (name, value) in prepared.headers.iter() {
        output.push(0);
        output.extend_from_slice(name);
        output.push(0);
        header::byte_string_into(output, value);
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
