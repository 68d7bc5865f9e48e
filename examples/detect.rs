//! Prints the format of a flow log that has no header, and which of its columns are uncertain:
//!
//! `head -n 2000 flow.log | cargo run --example detect`

use std::error::Error;
use std::io::{Read, stdin};

use vpcflow_ecs::Field;
use vpcflow_ecs::detect::{Bounds, Origin, detect_format};

fn main() -> Result<(), Box<dyn Error>> {
    let mut sample = Vec::new();
    stdin().read_to_end(&mut sample)?;

    let detection = detect_format(&sample, Bounds::default())?;
    println!("{} lines of {} fields", detection.lines, detection.token_count);
    for candidate in &detection.candidates {
        let origin = match candidate.origin {
            Origin::Header => "a header line".to_owned(),
            Origin::Preset(name) => format!("the documented layout {name}"),
            _ => "the values of the columns".to_owned(),
        };
        println!("by {origin}, with confidence {:.2}:", candidate.confidence);
        println!("  {}", candidate.format);
        for open in &candidate.unresolved {
            let found = open.field.map_or("unknown", Field::name);
            let others: Vec<&str> = open.alternatives.iter().map(|field| field.name()).collect();
            println!("  column {}: {found}, or {}", open.index + 1, others.join(", "));
        }
    }
    Ok(())
}
