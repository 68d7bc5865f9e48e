//! Writes the seeds of each target into a folder of its name, and the words of inputs for libFuzzer:
//! `cargo run --example seeds -- FOLDER`.

use std::io;
use std::path::PathBuf;

use vpcflow_ecs_fuzz::{TARGETS, words};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or_else(|| io::Error::other("give a folder"))?);
    for target in TARGETS {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (number, seed) in (target.seeds)().iter().enumerate() {
            std::fs::write(folder.join(number.to_string()), seed)?;
        }
        println!("{}", target.name);
    }
    // One word in quotes a line, with bytes that do not print as `\xAB`.
    let escaped = |word: String| -> String {
        let byte = |byte: u8| match byte {
            b'"' | b'\\' => format!("\\{}", char::from(byte)),
            b' '..=b'~' => char::from(byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        };
        format!("\"{}\"\n", word.bytes().map(byte).collect::<String>())
    };
    std::fs::write(folder.join("words"), words().into_iter().map(escaped).collect::<String>())
}
