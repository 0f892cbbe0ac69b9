//! The distribution API (OCI distribution specification 1.1) as far as clients of ours use it, and the token service.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{CONTENT_TYPE, ETAG, IF_MATCH, LINK, LOCATION, WWW_AUTHENTICATE},
    request::Parts,
};
use serde_json::{Value, json};

use super::{Login, digest, state::State, trouble::Flow};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// One request, read whole.
pub(super) struct Ask<'a> {
    pub(super) head: &'a Parts,
    pub(super) body: &'a Bytes,
}

pub(super) fn answer(state: &mut State, ask: &Ask<'_>) -> Response<Flow> {
    let path = ask.head.uri.path();
    if path == "/token" {
        return token(state, ask);
    }
    if !admitted(state, ask) {
        return challenge(state);
    }
    let Some(rest) = path.strip_prefix("/v2/") else { return status(404) };
    for part in ["/manifests/", "/blobs/uploads/", "/blobs/", "/tags/", "/referrers/"] {
        if let Some((repository, name)) = rest.split_once(part) {
            return match part {
                "/manifests/" => manifests(state, ask, repository, name),
                "/blobs/uploads/" => uploads(state, ask, repository),
                "/blobs/" => blob(state, repository, name),
                "/tags/" => tags(state, ask, repository),
                _ => referrers(state, repository, name),
            };
        }
    }
    status(if rest.is_empty() { 200 } else { 404 })
}

fn manifests(state: &mut State, ask: &Ask<'_>, repository: &str, reference: &str) -> Response<Flow> {
    let held = state.manifest(repository, reference);
    if ask.head.method != Method::PUT {
        let Some((bytes, media_type)) = held else { return status(404) };
        let tag = format!("\"{}\"", digest(&bytes));
        return with(Response::new(Flow::whole(bytes)), &[(CONTENT_TYPE, &media_type), (ETAG, &tag)]);
    }
    if let Some(wanted) = ask.head.headers.get(IF_MATCH)
        && held.is_none_or(|(bytes, _)| format!("\"{}\"", digest(&bytes)).as_bytes() != wanted.as_bytes())
    {
        return status(412);
    }
    let media_type =
        ask.head.headers.get(CONTENT_TYPE).and_then(|line| line.to_str().ok()).unwrap_or_default();
    state.put_manifest(repository, reference, (ask.body.to_vec(), media_type.to_owned()));
    let subject = serde_json::from_slice::<Value>(ask.body).ok();
    let subject = subject.as_ref().and_then(|manifest| manifest.pointer("/subject/digest")?.as_str());
    match subject {
        Some(subject) if state.options.referrers => {
            with(status(201), &[(HeaderName::from_static("oci-subject"), subject)])
        }
        _ => status(201),
    }
}

fn uploads(state: &mut State, ask: &Ask<'_>, repository: &str) -> Response<Flow> {
    if ask.head.method == Method::POST {
        state.uploads += 1;
        let place = format!("/v2/{repository}/blobs/uploads/{}?state=a", state.uploads);
        return with(status(202), &[(LOCATION, &place)]);
    }
    let wanted = query(ask, "digest").unwrap_or_default().replace("%3A", ":");
    if wanted != digest(ask.body) {
        return status(400);
    }
    state.put_blob(repository, ask.body.to_vec());
    status(201)
}

fn blob(state: &State, repository: &str, name: &str) -> Response<Flow> {
    let held = state.blobs.get(&(repository.to_owned(), name.to_owned()));
    held.map_or_else(|| status(404), |bytes| Response::new(Flow::whole(bytes.clone())))
}

fn tags(state: &State, ask: &Ask<'_>, repository: &str) -> Response<Flow> {
    let last = query(ask, "last").unwrap_or_default();
    let mut left: Vec<String> = state.tags(repository).into_iter().filter(|tag| *tag > last).collect();
    let more = left.len() > state.options.page;
    left.truncate(state.options.page);
    let body = json!({"name": repository, "tags": left}).to_string();
    let response = Response::new(Flow::whole(body));
    match left.last() {
        Some(last) if more => {
            let link = format!("</v2/{repository}/tags/list?n=1000&last={last}>; rel=\"next\"");
            with(response, &[(LINK, &link)])
        }
        _ => response,
    }
}

fn referrers(state: &State, repository: &str, subject: &str) -> Response<Flow> {
    if !state.options.referrers {
        return status(404);
    }
    let list = state.referrers(repository, subject);
    let body = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": list}).to_string();
    with(Response::new(Flow::whole(body)), &[(CONTENT_TYPE, INDEX)])
}

fn token(state: &State, ask: &Ask<'_>) -> Response<Flow> {
    let Login::Token { user, .. } = &state.options.login else { return status(404) };
    if let Some((user, password)) = user
        && authorization(ask) != Some(basic(user, password))
    {
        return status(401);
    }
    let scope = query(ask, "scope").unwrap_or_default();
    Response::new(Flow::whole(json!({"token": format!("for-{scope}"), "expires_in": 300}).to_string()))
}

fn admitted(state: &State, ask: &Ask<'_>) -> bool {
    match &state.options.login {
        Login::Open => true,
        Login::Basic(user, password) => authorization(ask) == Some(basic(user, password)),
        Login::Token { .. } => {
            authorization(ask).is_some_and(|line| line.starts_with("Bearer for-repository"))
        }
    }
}

fn challenge(state: &State) -> Response<Flow> {
    let line = match &state.options.login {
        Login::Token { realm, .. } => {
            let own = format!("http://{}/token", state.address);
            format!("Bearer realm=\"{}\",service=\"here\"", realm.as_ref().unwrap_or(&own))
        }
        _ => "Basic realm=\"here\"".to_owned(),
    };
    with(status(401), &[(WWW_AUTHENTICATE, &line)])
}

fn authorization(ask: &Ask<'_>) -> Option<String> {
    let line = ask.head.headers.get(http::header::AUTHORIZATION)?;
    Some(String::from_utf8_lossy(line.as_bytes()).into_owned())
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn query(ask: &Ask<'_>, name: &str) -> Option<String> {
    let pairs = ask.head.uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).next()
}

fn status(code: u16) -> Response<Flow> {
    let mut response = Response::new(Flow::whole(Bytes::new()));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or_default();
    response
}

fn with(mut response: Response<Flow>, lines: &[(HeaderName, &str)]) -> Response<Flow> {
    for (name, value) in lines {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name.clone(), value);
        }
    }
    response
}
