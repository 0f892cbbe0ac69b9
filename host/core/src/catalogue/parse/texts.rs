//! Every text and every name of a catalogue is shown to the person who grants it, so none may hold what a terminal would
//! not show as it is: control characters, and those that turn the direction or have no width.

use serde_json::Value as Json;

use super::Faults;
use crate::catalogue::Catalogue;

pub(super) fn check(catalogue: &Catalogue, faults: &mut Faults) {
    // Plain data becomes JSON without fail; were it otherwise, nothing would be shown either.
    let whole = serde_json::to_value(catalogue).unwrap_or_default();
    walk("", &whole, faults);
}

fn walk(path: &str, value: &Json, faults: &mut Faults) {
    match value {
        Json::String(text) => plain(path, text, faults),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| walk(&format!("{path}[{n}]"), item, faults));
        }
        Json::Object(members) => {
            for (name, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{}", name.escape_debug());
                plain(&path, name, faults);
                walk(&path, member, faults);
            }
        }
        _ => {}
    }
}

fn plain(path: &str, text: &str, faults: &mut Faults) {
    let problem = "has a character that is not shown as it is";
    faults.unless(!text.contains(hidden), path, problem, "use visible characters and spaces only");
}

fn hidden(c: char) -> bool {
    let formats = ['\u{ad}', '\u{61c}', '\u{180e}', '\u{feff}'];
    c.is_control()
        || formats.contains(&c)
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}
