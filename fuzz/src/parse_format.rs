//! Formats in all syntaxes: what is read is printed and read again.
//!
//! An input is the text of a format.

use vpcflow_ecs::{Format, PRESETS};

use crate::seeds;

/// Checks an input.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let format = match Format::parse(text) {
        Ok(format) => format,
        Err(error) => {
            let position = error.position();
            assert!(position.offset.is_none_or(|offset| offset <= text.len() as u64), "{error:?}");
            return assert!(!error.to_string().contains('\n'), "{error}");
        }
    };
    assert!(!format.columns().is_empty());
    let names: Vec<&str> = format.columns().iter().map(|column| column.name()).collect();
    let fields: Vec<_> = format.columns().iter().map(|column| column.field()).collect();
    let list = serde_json::to_string(&names).expect("names are JSON");
    let spellings = [format.to_string(), format.to_string().replace('$', "$$"), list];
    for spelling in spellings {
        let again = Format::parse(&spelling).unwrap_or_else(|error| panic!("{error}: {spelling}"));
        assert_eq!(again.to_string(), format.to_string());
        assert_eq!(again.columns().iter().map(|column| column.field()).collect::<Vec<_>>(), fields);
        assert_eq!(again.version(), format.version());
    }
    assert!(format.warnings().len() <= names.len());
    let is_documented = format.clone().strict().is_ok();
    assert!(!is_documented || fields.iter().all(Option::is_some));
}

/// Makes the first inputs.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts: Vec<String> = seeds::inputs().iter().filter_map(|seed| seed.format().map(str::to_owned)).collect();
    for preset in PRESETS {
        let format = preset.format();
        let names: Vec<&str> = format.columns().iter().map(|column| column.name()).collect();
        let columns: Vec<&str> = format.columns().iter().map(|column| column.column()).collect();
        texts.extend([preset.name.to_owned(), format.to_string(), names.join(" "), columns.join(",\n")]);
        texts.push(serde_json::to_string(&names).expect("names are JSON"));
    }
    texts.into_iter().map(String::into_bytes).collect()
}
