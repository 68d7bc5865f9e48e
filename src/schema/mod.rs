//! The table of schemas, and the table of rules: which AWS field becomes which key of a document in each schema.
//!
//! A row of [`Schema`] has the facts of a schema: options, the choice of a format, the exporters, the documentation,
//! JavaScript and the page take them from there. A row of [`RULES`] makes one key of a document. `src/document/` compiles
//! the rules that a format, a schema and a mode select; `npm run docs` prints them all into `docs/mapping.md`.
//!
//! A field without a rule goes to the schema's prefix and its own column, e.g. `aws.vpcflow.<column>`: see [`original`]. So
//! does a field that AWS has not documented yet.
//!
//! "ECS" alone means Elastic Common Schema here; the fields that start with `ecs-` are Amazon ECS's.

mod how;
pub(crate) mod protocol;
mod rules;

pub(crate) use self::how::Content;
pub use self::how::{Addresses, Family, How, Keywords, Setting};
pub use self::rules::{RULES, Rule, ecs_version, original, original_path};

macro_rules! modes {
    ($($(#[$attribute:meta])* $mode:ident $word:literal, $description:literal;)+) => {
        /// Which fields a document has, in the schemas that have more than one mode.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Mode {
            $($(#[$attribute])* #[doc = concat!("`", $word, "`: ", $description)] $mode,)+
        }

        impl Mode {
            /// Every mode, in the table's order.
            pub const ALL: [Mode; [$(Mode::$mode),+].len()] = [$(Mode::$mode),+];

            /// Returns the option's word for the mode, e.g. `ecs_and_original`.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Mode::$mode => $word,)+
                }
            }
        }
    };
}

modes! {
    #[default]
    Ecs "ecs", "the ECS fields, and under the schema's prefix those that ECS has no field for.";
    EcsAndOriginal "ecs_and_original", "both.";
    Original "original", "every field under the schema's prefix and its own column.";
}

/// A row of the table of schemas.
#[derive(Clone, Copy, Debug)]
pub struct SchemaFacts {
    /// The schema itself.
    pub schema: Schema,
    /// The option's word for it, e.g. `elastic-integration`. It is the heading of its columns in `docs/mapping.md`.
    pub word: &'static str,
    /// A description, in a sentence.
    #[cfg(feature = "detect")]
    pub description: &'static str,
    /// The modes that it has; `ecs` is the first of them.
    pub modes: &'static [Mode],
    /// The presets by which Elastic's integration reads a line without a format: the number of fields alone decides. `None`
    /// if such a line is read by the header, or by the preset that it fits.
    pub layouts: Option<&'static [&'static str]>,
    /// True if the documents have `event.ingested` without the option `ingested`.
    pub ingested: bool,
    /// The object, as a path, of all fields that have no rule.
    pub prefix: &'static str,
    /// True if a field without a rule is text, but for counters of 64 bits; else, it is written by its type.
    pub keeps_text: bool,
}

macro_rules! schemas {
    ($($(#[$attribute:meta])* $schema:ident {
        word: $word:literal,
        description: $description:literal,
        $($member:ident: $value:expr,)+
    })+) => {
        /// The form of the documents.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Schema {
            $($(#[$attribute])* #[doc = concat!("`", $word, "`: ", $description)] $schema,)+
        }

        impl Schema {
            /// Every schema, in the table's order.
            pub const ALL: [Schema; [$(Schema::$schema),+].len()] = [$(Schema::$schema),+];
        }

        /// The table of schemas: the row of each stands at its number.
        static SCHEMAS: [SchemaFacts; Schema::ALL.len()] = [$(SchemaFacts {
            schema: Schema::$schema,
            word: $word,
            #[cfg(feature = "detect")]
            description: $description,
            $($member: $value,)+
        }),+];
    };
}

// Sources: the Elastic Common Schema reference 8.17; the documented outputs of Elastic's AWS integration (data stream
// `aws.vpcflow`) and of the Beats processor `parse_aws_vpc_flow_log`.
schemas! {
    #[default]
    Ecs {
        word: "ecs",
        description: "Elastic Common Schema 8.17.0, with what looks like mistakes upstream corrected.",
        modes: &Mode::ALL,
        layouts: None,
        ingested: false,
        prefix: "aws.vpcflow",
        keeps_text: false,
    }
    ElasticIntegration {
        word: "elastic-integration",
        description: "The documents of Elastic's AWS integration (ECS 8.11.0), its quirks included.",
        modes: &[Mode::Ecs],
        layouts: Some(&["nat-gateway", "default", "transit-gateway", "tcp-flags", "v5", "tgw", "v7", "v8"]),
        ingested: false,
        prefix: "aws.vpcflow",
        keeps_text: true,
    }
    ElasticIntegration112 {
        word: "elastic-integration-1.12",
        description: "The documents of Elastic's AWS integration when it used ECS 1.12.0.",
        modes: &[Mode::Ecs],
        layouts: Some(&["nat-gateway", "default", "transit-gateway", "tcp-flags"]),
        ingested: true,
        prefix: "aws.vpcflow",
        keeps_text: true,
    }
    Beats {
        word: "beats",
        description: "The documents of the Beats processor `parse_aws_vpc_flow_log`.",
        modes: &Mode::ALL,
        layouts: None,
        ingested: false,
        prefix: "aws.vpcflow",
        keeps_text: false,
    }
}

impl Schema {
    /// Returns the table's row.
    pub fn facts(self) -> &'static SchemaFacts {
        &SCHEMAS[self as usize]
    }

    /// Returns the option's word for the schema, e.g. `elastic-integration`.
    pub fn word(self) -> &'static str {
        self.facts().word
    }
}

/// A set of output kinds: the documents of a schema have its ECS fields, its original fields, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outputs(u16);

// Two bits a schema, and one for errors.
const _: () = assert!(Schema::ALL.len() * 2 < u16::BITS as usize, "Outputs needs more bits for so many schemas");

impl Outputs {
    /// The event that stands for a line that is not a record, in every schema.
    pub const ERROR: Outputs = Outputs(1 << (u16::BITS - 1));

    /// Every kind of every schema, and [`Outputs::ERROR`].
    pub const ALL: Outputs = {
        let mut all = Outputs::ERROR;
        let mut index = 0;
        while index < Schema::ALL.len() {
            all = all.or(Outputs::ecs(Schema::ALL[index])).or(Outputs::original(Schema::ALL[index]));
            index += 1;
        }
        all
    };

    /// Returns the ECS fields of a schema.
    pub const fn ecs(schema: Schema) -> Outputs {
        Outputs(1 << (2 * schema as u16))
    }

    /// Returns the original fields of a schema. One that has not such a mode never writes them.
    pub const fn original(schema: Schema) -> Outputs {
        Outputs(2 << (2 * schema as u16))
    }

    /// Returns the kinds that a schema and a mode select; for a mode that the schema has not, its ECS fields.
    pub fn of(schema: Schema, mode: Mode) -> Outputs {
        let mode = if schema.facts().modes.contains(&mode) { mode } else { Mode::Ecs };
        match mode {
            Mode::Ecs => Outputs::ecs(schema),
            Mode::Original => Outputs::original(schema),
            Mode::EcsAndOriginal => Outputs::ecs(schema).or(Outputs::original(schema)),
        }
    }

    /// Returns the union.
    pub const fn or(self, other: Outputs) -> Outputs {
        Outputs(self.0 | other.0)
    }

    /// Returns the members that another set has not.
    pub const fn without(self, other: Outputs) -> Outputs {
        Outputs(self.0 & !other.0)
    }

    /// True if the sets have a member in common.
    pub const fn meets(self, other: Outputs) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the schemas of the set.
    pub(crate) fn schemas(self) -> impl Iterator<Item = &'static SchemaFacts> {
        let of = |facts: &SchemaFacts| Outputs::ecs(facts.schema).or(Outputs::original(facts.schema));
        SCHEMAS.iter().filter(move |facts| self.meets(of(facts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_stands_at_its_number() {
        for schema in Schema::ALL {
            assert_eq!(schema.facts().schema, schema);
        }
    }

    #[test]
    fn each_mode_of_each_schema_selects_other_outputs() {
        let mut seen = Vec::new();
        for facts in &SCHEMAS {
            assert_eq!(facts.modes.first(), Some(&Mode::Ecs), "{}", facts.word);
            seen.extend(facts.modes.iter().map(|mode| Outputs::of(facts.schema, *mode)));
        }
        for (index, outputs) in seen.iter().enumerate() {
            assert!(!seen[..index].contains(outputs) && !outputs.meets(Outputs::ERROR), "{outputs:?}");
            assert_eq!(outputs.schemas().count(), 1, "{outputs:?}");
        }
    }
}
