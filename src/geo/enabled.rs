//! Databases and lookups, with the feature `ingest`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorCode, quoted};

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// `GeoLite2-City`, `GeoIP2-City`: continents, countries, regions, cities and their coordinates.
    City,
    /// `GeoLite2-ASN`: autonomous systems.
    Asn,
    /// `GeoLite2-Country`, `GeoIP2-Country`: continents and countries.
    Country,
}

impl Database {
    /// Returns the word in the file's type, which is also the option's name: `city`, `asn` or `country`.
    pub fn name(self) -> &'static str {
        match self {
            Database::City => "city",
            Database::Asn => "asn",
            Database::Country => "country",
        }
    }

    /// Returns the part of the file's `database_type` that identifies the kind: `City`, `ASN` or `Country`.
    fn marker(self) -> &'static str {
        match self {
            Database::City => "City",
            Database::Asn => "ASN",
            Database::Country => "Country",
        }
    }

    /// Returns the kind of a file by its `database_type`, e.g. `GeoLite2-City`.
    pub fn of_type(database_type: &str) -> Option<Database> {
        [Database::City, Database::Asn, Database::Country]
            .into_iter()
            .find(|kind| database_type.contains(kind.marker()))
    }

    /// Returns the properties that the `geoip` processor can take from the database, in its own order.
    pub fn properties(self) -> &'static [&'static str] {
        match self {
            Database::City => &[
                "ip",
                "country_in_european_union",
                "country_iso_code",
                "continent_code",
                "country_name",
                "continent_name",
                "region_iso_code",
                "region_name",
                "city_name",
                "timezone",
                "location",
                "postal_code",
                "accuracy_radius",
                "registered_country_in_european_union",
                "registered_country_iso_code",
                "registered_country_name",
            ],
            Database::Country => &[
                "ip",
                "continent_code",
                "continent_name",
                "country_name",
                "country_in_european_union",
                "country_iso_code",
                "registered_country_in_european_union",
                "registered_country_iso_code",
                "registered_country_name",
            ],
            Database::Asn => &["ip", "asn", "organization_name", "network"],
        }
    }

    /// Returns the properties that the `geoip` processor takes by default.
    pub fn default_properties(self) -> &'static [&'static str] {
        match self {
            Database::City => &[
                "continent_name", "country_name", "country_iso_code", "region_iso_code", "region_name", "city_name",
                "location",
            ],
            Database::Country => &["continent_name", "country_name", "country_iso_code"],
            Database::Asn => &["ip", "asn", "organization_name", "network"],
        }
    }
}

/// Open databases. Clones share the same data.
#[derive(Clone)]
pub struct Databases(Arc<Files>);

struct Files {
    city: Option<Reader<Vec<u8>>>,
    asn: Option<Reader<Vec<u8>>>,
    country: Option<Reader<Vec<u8>>>,
}

impl PartialEq for Databases {
    /// True if both are clones of the same databases.
    fn eq(&self, other: &Databases) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Databases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = [Database::City, Database::Asn, Database::Country].map(|kind| self.type_of(kind));
        f.debug_tuple("Databases").field(&types).finish()
    }
}

impl Databases {
    /// Opens the bytes of `.mmdb` files, each of which is optional.
    ///
    /// ```
    /// use vpcflow_ecs::geo::Databases;
    ///
    /// let error = Databases::open(Some(b"not a database".to_vec()), None, None).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "geo database \"city\": invalid database: could not find MaxMind DB metadata in file; give the bytes of an \
    ///      .mmdb file"
    /// );
    /// ```
    ///
    /// # Errors
    /// `invalid_database`, naming the database, if the file is not a MaxMind database, is the wrong type, or is
    /// corrupt. Only the start and the metadata of a file are read here. Corruption elsewhere is found by the lookup of
    /// an affected address.
    pub fn open(city: Option<Vec<u8>>, asn: Option<Vec<u8>>, country: Option<Vec<u8>>) -> Result<Databases, Error> {
        let files = Files {
            city: city.map(|bytes| open(Database::City, bytes)).transpose()?,
            asn: asn.map(|bytes| open(Database::Asn, bytes)).transpose()?,
            country: country.map(|bytes| open(Database::Country, bytes)).transpose()?,
        };
        Ok(Databases(Arc::new(files)))
    }

    /// True if there is a database of this kind.
    pub fn has(&self, kind: Database) -> bool {
        self.reader(kind).is_some()
    }

    /// Returns the `database_type` of a file, e.g. `GeoLite2-City`.
    pub fn type_of(&self, kind: Database) -> Option<&str> {
        self.reader(kind).map(|reader| reader.metadata().database_type.as_str())
    }

    fn reader(&self, kind: Database) -> Option<&Reader<Vec<u8>>> {
        match kind {
            Database::City => self.0.city.as_ref(),
            Database::Asn => self.0.asn.as_ref(),
            Database::Country => self.0.country.as_ref(),
        }
    }

    /// Returns all [properties](Database::properties) of an address in a database, with the values of the `geoip`
    /// processor. The result is `None` if there is no such database, or no record in it.
    ///
    /// An IPv4 address in IPv6 form (`::ffff:a.b.c.d`) is looked up as the IPv4 address.
    ///
    /// # Errors
    /// `invalid_database`, naming the database and the address, if the record is corrupt.
    pub fn lookup(&self, kind: Database, address: IpAddr) -> Result<Option<Map<String, Value>>, Error> {
        let address = address.to_canonical();
        let Some(reader) = self.reader(kind) else { return Ok(None) };
        if address.is_ipv6() && reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        let damaged = |error: MaxMindDbError| {
            let detail = format!("geo database {}: the record of {address} is damaged: {error}", quoted(kind.name()));
            Error::sentence(ErrorCode::InvalidDatabase, detail)
        };
        let found = reader.lookup(address).map_err(damaged)?;
        let properties = match kind {
            Database::City | Database::Country => {
                found.decode::<Place<'_>>().map_err(damaged)?.map(|place| place.properties(kind))
            }
            Database::Asn => {
                let network = found.network().map_err(damaged)?;
                found
                    .decode::<System<'_>>()
                    .map_err(damaged)?
                    .map(|system| system.properties(&format!("{}/{}", java_text(network.network()), network.prefix())))
            }
        };
        Ok(properties.map(|mut properties| {
            properties.insert("ip".into(), address.to_string().into());
            properties
        }))
    }
}

fn open(kind: Database, bytes: Vec<u8>) -> Result<Reader<Vec<u8>>, Error> {
    let refused = |what: String| {
        let detail = format!("geo database {}: {what}", quoted(kind.name()));
        Error::sentence(ErrorCode::InvalidDatabase, detail)
    };
    let is_gzip = bytes.starts_with(&[0x1f, 0x8b]);
    let reader = Reader::from_source(bytes).map_err(|error| {
        let advice = if is_gzip { "it is compressed: unpack it first" } else { "give the bytes of an .mmdb file" };
        refused(format!("{error}; {advice}"))
    })?;
    let found = &reader.metadata().database_type;
    if Database::of_type(found) != Some(kind) {
        return Err(refused(format!("expected a database of type ...-{}, found {}", kind.marker(), quoted(found))));
    }
    Ok(reader)
}

/// Returns the text of a network's address as in Java and the processor: IPv6 has eight groups, with zeros.
fn java_text(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => v6.segments().map(|group| format!("{group:x}")).join(":"),
    }
}

/// A record of a city or country database, as far as it is used.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Place<'a> {
    #[serde(borrow)]
    continent: Region<'a>,
    #[serde(borrow)]
    country: Region<'a>,
    #[serde(borrow)]
    registered_country: Region<'a>,
    #[serde(borrow)]
    subdivisions: Vec<Region<'a>>,
    #[serde(borrow)]
    city: Region<'a>,
    #[serde(borrow)]
    location: Location<'a>,
    #[serde(borrow)]
    postal: Postal<'a>,
}

/// A continent, a country, a subdivision or a city.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Region<'a> {
    code: Option<&'a str>,
    iso_code: Option<&'a str>,
    is_in_european_union: bool,
    #[serde(borrow)]
    names: Names<'a>,
}

/// The English name, which the processor takes.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Names<'a> {
    en: Option<&'a str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location<'a> {
    latitude: Option<f64>,
    longitude: Option<f64>,
    accuracy_radius: Option<Integer>,
    time_zone: Option<&'a str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Postal<'a> {
    code: Option<&'a str>,
}

/// An unsigned integer of any of the format's four widths.
#[derive(Clone, Copy)]
struct Integer(u64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Integer, D::Error> {
        struct AnyWidth;
        impl Visitor<'_> for AnyWidth {
            type Value = Integer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an unsigned integer")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Integer, E> {
                Ok(Integer(number))
            }
        }
        deserializer.deserialize_any(AnyWidth)
    }
}

/// A record of an ASN database.
#[derive(Default, Deserialize)]
#[serde(default)]
struct System<'a> {
    autonomous_system_number: Option<Integer>,
    autonomous_system_organization: Option<&'a str>,
}

impl Place<'_> {
    fn properties(&self, kind: Database) -> Map<String, Value> {
        let in_union = |country: &Region<'_>| country.iso_code.map(|_| Value::from(country.is_in_european_union));
        let text = |text: Option<&str>| text.map(Value::from);
        let mut all = vec![
            ("continent_code", text(self.continent.code)),
            ("continent_name", text(self.continent.names.en)),
            ("country_in_european_union", in_union(&self.country)),
            ("country_iso_code", text(self.country.iso_code)),
            ("country_name", text(self.country.names.en)),
            ("registered_country_in_european_union", in_union(&self.registered_country)),
            ("registered_country_iso_code", text(self.registered_country.iso_code)),
            ("registered_country_name", text(self.registered_country.names.en)),
        ];
        if kind == Database::City {
            // The last subdivision is the most specific one.
            let region = self.subdivisions.last();
            let codes = self.country.iso_code.zip(region.and_then(|region| region.iso_code));
            let Location { latitude, longitude, accuracy_radius, time_zone } = self.location;
            all.extend([
                ("city_name", text(self.city.names.en)),
                ("location", latitude.zip(longitude).map(|(lat, lon)| json!({ "lat": lat, "lon": lon }))),
                ("accuracy_radius", accuracy_radius.map(|radius| radius.0.into())),
                ("postal_code", text(self.postal.code)),
                ("region_iso_code", codes.map(|(country, region)| format!("{country}-{region}").into())),
                ("region_name", text(region.and_then(|region| region.names.en))),
                ("timezone", text(time_zone)),
            ]);
        }
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

impl System<'_> {
    fn properties(&self, network: &str) -> Map<String, Value> {
        let all = [
            ("asn", self.autonomous_system_number.map(|number| number.0.into())),
            ("network", Some(Value::from(network))),
            ("organization_name", self.autonomous_system_organization.map(Value::from)),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// The objects of an address, as JSON text with sorted keys. An object without content is empty text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fragments<'a> {
    /// `geo`: `{"city_name":...,"location":{"lat":...,"lon":...},...}`
    pub geo: &'a [u8],
    /// `as`: `{"number":...,"organization":{"name":...}}`
    pub system: &'a [u8],
}

/// One of the objects of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fragment {
    Geo,
    System,
}

impl Fragment {
    /// The object `geo`; `None` in a crate without databases.
    pub(crate) const GEO: Option<Fragment> = Some(Fragment::Geo);
    /// The object `as`; `None` in a crate without databases.
    pub(crate) const SYSTEM: Option<Fragment> = Some(Fragment::System);
}

impl<'a> Fragments<'a> {
    /// Returns an object's JSON text.
    pub(crate) fn get(self, fragment: Fragment) -> &'a [u8] {
        match fragment {
            Fragment::Geo => self.geo,
            Fragment::System => self.system,
        }
    }
}

/// Lookups of addresses, with a bounded cache.
#[derive(Debug)]
pub struct Lookups {
    databases: Databases,
    found: Cache<[Vec<u8>; 2]>,
}

/// A bounded cache of values by address.
#[derive(Debug)]
pub(crate) struct Cache<V> {
    found: HashMap<IpAddr, V>,
    bytes: usize,
}

/// The limits of a cache, in addresses and in bytes of their values. A cache beyond them is cleared.
const MAX_FOUND: usize = 16_384;
const MAX_FOUND_BYTES: usize = 8 * 1024 * 1024;

impl<V> Cache<V> {
    pub(crate) fn new() -> Cache<V> {
        Cache { found: HashMap::new(), bytes: 0 }
    }

    /// Clears the cache if further addresses would exceed its limits.
    pub(crate) fn reserve(&mut self, count: usize) {
        if self.found.len() + count > MAX_FOUND || self.bytes > MAX_FOUND_BYTES {
            self.found.clear();
            self.bytes = 0;
        }
    }

    /// Looks an address up, unless it is cached. `look_up` returns the value and its size in bytes.
    pub(crate) fn look_up(
        &mut self,
        address: IpAddr,
        look_up: impl FnOnce() -> Result<(V, usize), Error>,
    ) -> Result<(), Error> {
        if let Entry::Vacant(place) = self.found.entry(address) {
            let (found, bytes) = look_up()?;
            self.bytes += bytes;
            place.insert(found);
        }
        Ok(())
    }

    pub(crate) fn get(&self, address: IpAddr) -> Option<&V> {
        self.found.get(&address)
    }
}

impl Lookups {
    /// Makes lookups with an empty cache.
    pub fn new(databases: Databases) -> Lookups {
        Lookups { databases, found: Cache::new() }
    }

    /// Returns the number of cached addresses.
    pub fn cached(&self) -> usize {
        self.found.found.len()
    }

    /// Returns the objects of some addresses, e.g. those of a record's source and destination.
    ///
    /// Places come from the city database. The country database is the fallback if that is missing or has no record.
    ///
    /// # Errors
    /// Those of [`Databases::lookup`].
    pub fn fragments<const N: usize>(&mut self, addresses: [Option<IpAddr>; N]) -> Result<[Fragments<'_>; N], Error> {
        self.found.reserve(N);
        for address in addresses.into_iter().flatten() {
            self.found.look_up(address, || {
                let objects = objects(&self.databases, address)?;
                let bytes = objects.iter().map(Vec::len).sum();
                Ok((objects, bytes))
            })?;
        }
        Ok(addresses.map(|address| match address.and_then(|address| self.found.get(address)) {
            Some([geo, system]) => Fragments { geo, system },
            None => Fragments::default(),
        }))
    }
}

/// Looks up the two objects of an address.
fn objects(databases: &Databases, address: IpAddr) -> Result<[Vec<u8>; 2], Error> {
    let mut place = BTreeMap::new();
    for kind in [Database::City, Database::Country] {
        if place.is_empty() {
            let found = databases.lookup(kind, address)?.unwrap_or_default();
            place = found.into_iter().filter(|(name, _)| kind.default_properties().contains(&name.as_str())).collect();
        }
    }
    let mut system = BTreeMap::new();
    let mut found = databases.lookup(Database::Asn, address)?.unwrap_or_default();
    if let Some(number) = found.remove("asn") {
        system.insert("number".to_owned(), number);
    }
    if let Some(name) = found.remove("organization_name") {
        system.insert("organization".to_owned(), json!({ "name": name }));
    }
    Ok([place, system].map(|object| if object.is_empty() { Vec::new() } else { json!(object).to_string().into() }))
}
