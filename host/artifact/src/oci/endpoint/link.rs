//! The `Link` line of a list that goes on (distribution specification, "Listing Tags"; RFC 8288). It is read, no more:
//! whether it leads where it may is for the endpoint to say.

use reqwest::{
    Url,
    header::{HeaderMap, LINK},
};

/// The next page, relative to `here`.
pub(super) fn next(headers: &HeaderMap, here: &Url) -> Option<Url> {
    let lines = headers.get_all(LINK).iter().filter_map(|line| line.to_str().ok());
    let target = lines.flat_map(|line| line.split(',')).find_map(target)?;
    here.join(target).ok()
}

fn target(link: &str) -> Option<&str> {
    let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    let is_next = |parameter: &str| {
        let parameter = parameter.trim().replace(['"', ' '], "");
        parameter.eq_ignore_ascii_case("rel=next")
    };
    parameters.split(';').any(is_next).then_some(target)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn of(line: &'static str) -> Option<String> {
        let here = Url::parse("https://registry.example/v2/a/tags/list?n=2").unwrap();
        let headers = HeaderMap::from_iter([(LINK, HeaderValue::from_static(line))]);
        next(&headers, &here).map(String::from)
    }

    #[test]
    fn the_next_page_is_relative_to_this_one() {
        let wanted = Some("https://registry.example/v2/a/tags/list?n=2&last=b".to_owned());
        assert_eq!(of("</v2/a/tags/list?n=2&last=b>; rel=\"next\""), wanted);
        assert_eq!(of("</x>; rel=prev, </v2/a/tags/list?n=2&last=b>; rel=next"), wanted);
    }

    #[test]
    fn denied_other_relations() {
        for line in ["", "</x>", "</x>; rel=\"prev\"", "/x; rel=next", "</x; rel=next"] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
