//! RFC 6901 pointers as the catalogue uses them: into the settings' schema, and, with `*` for any member or index,
//! into replies. Nothing is evaluated here.

use super::{Field, FieldKind};

/// Whether `text` is an RFC 6901 pointer: empty, or `/` before each token, `~` only in `~0` and `~1`.
pub(crate) fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1).all(|after| after.starts_with(['0', '1']));
    text.len() <= 512
        && escapes
        && (text.is_empty() || text.starts_with('/'))
        && !text.contains(char::is_control)
}

/// Its tokens, unescaped.
pub(crate) fn tokens(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"))
}

/// One token, escaped.
pub(crate) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The field of the schema that a pointer leads to; `*` stands for any item of an array or map.
pub(crate) fn field<'a>(root: &'a Field, pointer: &str) -> Option<&'a Field> {
    if !is_pointer(pointer) {
        return None;
    }
    tokens(pointer).try_fold(root, |field, token| match field.kind {
        FieldKind::Object => field.fields.get(&token),
        FieldKind::Array | FieldKind::Map if token == "*" => field.items.as_deref(),
        _ => None,
    })
}

/// `spec.provider.vault` and `/auth/appRole` make `spec.provider.vault.auth.appRole`.
pub(crate) fn dotted(base: &str, pointer: &str) -> String {
    let mut path = base.to_owned();
    for token in tokens(pointer) {
        if token.bytes().all(|b| b.is_ascii_digit()) && !token.is_empty() {
            path.push_str(&format!("[{token}]"));
        } else {
            path.push('.');
            path.push_str(&token);
        }
    }
    path
}
