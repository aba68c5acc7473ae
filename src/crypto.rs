//! Hashes, HMAC with a prepared key, and HKDF. Nothing here knows what is hashed or signed, or why.

mod sm3;

use digest::{Digest, KeyInit, Mac};
use hmac::Hmac;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use self::sm3::Sm3;
use crate::text::hex_into;

/// Gives data piece by piece to whoever takes it.
pub(crate) type Pieces<'a> = &'a dyn Fn(&mut dyn FnMut(&[u8]));

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sm3,
}

impl Hash {
    /// Appends the hash of `data` in hex.
    pub(crate) fn hex_into(self, out: &mut Vec<u8>, data: &[u8]) {
        // Hashes of nothing are constants: most requests of this API have no body.
        match (self, data) {
            (Self::Sha256, []) => {
                out.extend_from_slice(
                    b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                );
            }
            (Self::Sm3, []) => {
                out.extend_from_slice(
                    b"1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
                );
            }
            (hash, data) => hex_into(out, &hash.digest(&|take| take(data))),
        }
    }

    /// The hash of pieces, one after the other.
    pub(crate) fn digest(self, pieces: Pieces<'_>) -> [u8; 32] {
        match self {
            Self::Sha256 => digest::<Sha256>(pieces),
            Self::Sm3 => digest::<Sm3>(pieces),
        }
    }
}

fn digest<H: Digest>(pieces: Pieces<'_>) -> [u8; 32] {
    let mut hasher = H::new();
    pieces(&mut |piece| hasher.update(piece));
    let mut hash = [0; 32];
    hash.copy_from_slice(&hasher.finalize());
    hash
}

/// An HMAC with its key taken in: the two states after the padded key, wiped when dropped.
#[derive(Clone)]
pub(crate) enum HmacKey {
    Sha256(Hmac<Sha256>),
    Sm3(Hmac<Sm3>),
}

impl HmacKey {
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Self {
        let prepared = Self::prepare(hash, key);
        wipe_stack();
        prepared
    }

    // Not inlined: what it leaves on the stack must lie where `wipe_stack` writes.
    #[inline(never)]
    fn prepare(hash: Hash, key: &[u8]) -> Self {
        // HMAC takes keys of every length.
        match hash {
            Hash::Sha256 => Self::Sha256(keyed(key)),
            Hash::Sm3 => Self::Sm3(keyed(key)),
        }
    }

    pub(crate) fn sign(&self, data: &[u8]) -> [u8; 32] {
        match self {
            Self::Sha256(state) => state
                .clone()
                .chain_update(data)
                .finalize()
                .into_bytes()
                .into(),
            Self::Sm3(state) => state
                .clone()
                .chain_update(data)
                .finalize()
                .into_bytes()
                .into(),
        }
    }
}

#[allow(
    clippy::expect_used,
    reason = "new_from_slice of HMAC fails for no key"
)]
fn keyed<M: KeyInit>(key: &[u8]) -> M {
    M::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// Overwrites what functions that have returned left on the stack: the crate hmac pads its key there, in the clear.
/// 4 KiB is more than they take; tests/node/secrets.test.mjs looks.
#[inline(never)]
fn wipe_stack() {
    let mut below = [0u64; 512];
    below.zeroize(); // volatile: it is not optimised away
}

/// HKDF-SHA256 (RFC 5869) with an output of 32 bytes: one block, so that HKDF-Expand is a single HMAC.
pub(crate) fn hkdf_sha256(salt: &[u8], input_key: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let extract = HmacKey::new(Hash::Sha256, salt);
    let pseudo_random_key = Zeroizing::new(extract.sign(input_key));
    let expand = HmacKey::new(Hash::Sha256, &*pseudo_random_key);
    let mut block = info.to_vec();
    block.push(1);
    Zeroizing::new(expand.sign(&block))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::from_ascii;

    fn hex(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        hex_into(&mut out, bytes);
        from_ascii(out)
    }

    #[test]
    fn hashes_of_nothing_are_those_of_the_functions() {
        let constant = |hash: Hash| {
            let mut out = Vec::new();
            hash.hex_into(&mut out, b"");
            from_ascii(out)
        };
        assert_eq!(constant(Hash::Sha256), hex(&Sha256::digest(b"")));
        assert_eq!(constant(Hash::Sm3), hex(&Sm3::digest(b"")));
    }

    #[test]
    fn pieces_hash_as_the_whole() {
        let data: Vec<u8> = (0..1000).map(|index| index as u8).collect();
        for size in [1, 63, 64, 65, 1000] {
            let pieces = |take: &mut dyn FnMut(&[u8])| data.chunks(size).for_each(take);
            assert_eq!(Hash::Sha256.digest(&pieces), *Sha256::digest(&data));
            assert_eq!(Hash::Sm3.digest(&pieces), *Sm3::digest(&data));
        }
    }

    #[test]
    fn hmac_sha256_of_rfc_4231() {
        let key = HmacKey::new(Hash::Sha256, b"Jefe");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&key.sign(b"what do ya want for nothing?")), expected);
        assert_eq!(
            hex(&key.sign(b"what do ya want for nothing?")),
            expected,
            "the state is not used up"
        );
        let long = HmacKey::new(Hash::Sha256, &[0xaa; 131]);
        assert_eq!(
            hex(&long.sign(b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }
}
