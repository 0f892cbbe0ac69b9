use super::*;
use crate::Digest;

fn same(one: &PrivateKey, other: &PrivateKey) -> bool {
    one.id() == other.id() && one.pkcs8 == other.pkcs8
}

#[test]
fn a_key_reads_back_from_both_files() {
    let key = PrivateKey::generate().unwrap();
    let plain = key.to_pem().unwrap();
    assert!(plain.starts_with("-----BEGIN PRIVATE KEY-----\n") && !is_encrypted(plain.as_bytes()).unwrap());
    assert!(same(&PrivateKey::from_pem(plain.as_bytes(), b"").unwrap(), &key));
    let sealed = key.to_encrypted_pem(b"secret").unwrap();
    assert!(sealed.starts_with("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"));
    assert!(is_encrypted(sealed.as_bytes()).unwrap());
    assert!(same(&PrivateKey::from_pem(sealed.as_bytes(), b"secret").unwrap(), &key));
    for wrong in [&b"Secret"[..], b"", b"secret "] {
        assert_eq!(PrivateKey::from_pem(sealed.as_bytes(), wrong).err(), Some(KeyError::Passphrase));
    }
    assert_ne!(PrivateKey::generate().unwrap().id(), key.id());
}

#[test]
fn a_public_key_has_one_identifier() {
    let key = PrivateKey::generate().unwrap();
    let (id, der) = keys::public(key.public_pem().unwrap().as_bytes()).unwrap();
    assert_eq!((id.as_str(), der.as_slice()), (key.id().as_str(), key.public_der()));
    assert_eq!(id, Digest::of(&der).to_string());
    let private = key.to_pem().unwrap();
    assert_eq!(keys::public(private.as_bytes()), Err(keys::NotAKey::Pem));
    assert_eq!(keys::public(b"junk"), Err(keys::NotAKey::Pem));
    let cut = encode(LABEL, &der[..der.len() - 1]).unwrap();
    assert_eq!(keys::public(cut.as_bytes()), Err(keys::NotAKey::Algorithm));
    let mut off = der.clone();
    *off.last_mut().unwrap() ^= 1;
    assert_eq!(keys::public(encode(LABEL, &off).unwrap().as_bytes()), Err(keys::NotAKey::Algorithm));
}

#[test]
fn denied_other_files() {
    let key = PrivateKey::generate().unwrap();
    let refused = |file: &str| PrivateKey::from_pem(file.as_bytes(), b"").err();
    let plain = key.to_pem().unwrap();
    assert_eq!(refused(""), Some(KeyError::Pem));
    assert_eq!(refused(&plain.replace("PRIVATE KEY", "EC PRIVATE KEY")), Some(KeyError::Pem));
    assert_eq!(refused(&key.public_pem().unwrap()), Some(KeyError::Pem));
    assert_eq!(refused(&encode(PLAIN, b"junk").unwrap()), Some(KeyError::Algorithm));
    assert_eq!(refused(&(plain.to_string() + &" ".repeat(MAX_FILE))), Some(KeyError::Pem));
    let p384 = EcdsaKeyPair::generate_pkcs8(
        &aws_lc_rs::signature::ECDSA_P384_SHA384_ASN1_SIGNING,
        &SystemRandom::new(),
    );
    assert_eq!(refused(&encode(PLAIN, p384.unwrap().as_ref()).unwrap()), Some(KeyError::Algorithm));
}

#[test]
fn denied_a_file_that_asks_for_memory_or_for_another_cipher() {
    let key = PrivateKey::generate().unwrap();
    let sealed = String::from_utf8(encrypted::seal(&key.pkcs8, b"").unwrap()).unwrap();
    assert!(encrypted::open(sealed.as_bytes(), b"").is_ok());
    for (from, to) in [
        (r#""N":65536"#, r#""N":1073741824"#),
        (r#""N":65536"#, r#""N":2"#),
        (r#""N":65536"#, r#""N":"65536""#),
        (r#""r":8"#, r#""r":1024"#),
        (r#""p":1"#, r#""p":1024"#),
        (r#""p":1"#, r#""p":1,"p":1"#),
        ("nacl/secretbox", "none"),
        (r#""name":"scrypt""#, r#""name":"pbkdf2""#),
        (r#""nonce":""#, r#""nonce":"AAAA"#),
    ] {
        let changed = sealed.replacen(from, to, 1);
        assert_ne!(changed, sealed, "{from}");
        assert_eq!(encrypted::open(changed.as_bytes(), b"").err(), Some(KeyError::Format), "{to}");
    }
    let changed = sealed.replacen(r#""ciphertext":""#, r#""ciphertext":"AAAA"#, 1);
    assert_eq!(encrypted::open(changed.as_bytes(), b"").err(), Some(KeyError::Passphrase));
}
