//! The tables that a backup has the rows of: how they are read in an order that is the same in both databases, page by page,
//! and how rows are put back, many in one statement.

use crate::statement::Text;

/// A table, and the part of a backup that its rows are.
#[derive(Debug)]
pub(super) struct Table {
    /// What the part is called.
    pub(super) part: &'static str,
    pub(super) columns: &'static [Column],
    /// Those that rows are in the order of. No two rows have the same in all of them.
    pub(super) key: &'static [Column],
    /// Reads the rows that come next behind those values of the key.
    pub(super) page: &'static str,
    /// Adds the rows of a JSON array of objects.
    pub(super) put: Text,
}

/// A column. Any of them may be empty as far as this crate's Rust is concerned: the schema says which may.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// What a column holds, and so how it is written as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    /// As hexadecimal digits.
    Bytes,
}

macro_rules! listed {
    ($first:tt $(, $more:tt)*) => { concat!(stringify!($first) $(, ", ", stringify!($more))*) };
}

/// A value of the row that `SQLite` calls `value`.
macro_rules! in_sqlite {
    (Bytes $column:ident) => {
        concat!("unhex(value ->> '", stringify!($column), "')")
    };
    ($kind:ident $column:ident) => {
        concat!("value ->> '", stringify!($column), "'")
    };
}

/// A value of the row that is called `row` in PostgreSQL, which wants to be told its type.
macro_rules! in_postgres {
    (Text $column:ident) => {
        concat!("row ->> '", stringify!($column), "'")
    };
    (Number $column:ident) => {
        concat!("(row ->> '", stringify!($column), "')::BIGINT")
    };
    (Flag $column:ident) => {
        concat!("(row ->> '", stringify!($column), "')::BOOLEAN")
    };
    (Bytes $column:ident) => {
        concat!("decode(row ->> '", stringify!($column), "', 'hex')")
    };
}

/// A table: its part and its name, by what its rows are ordered with the placeholders for that, how many are read at once, its
/// columns. `instead` is said where a row is there already.
macro_rules! table {
    (
        $part:literal $name:literal by ($($key_kind:ident $key:ident),+) > $after:literal, $page:literal at once:
        $first_kind:ident $first:ident $(, $kind:ident $column:ident)* $(; instead $instead:literal)?
    ) => {
        Table {
            part: $part,
            columns: &[
                Column { name: stringify!($first), kind: Kind::$first_kind }
                $(, Column { name: stringify!($column), kind: Kind::$kind })*
            ],
            key: &[$(Column { name: stringify!($key), kind: Kind::$key_kind }),+],
            page: concat!(
                "SELECT ", listed!($first $(, $column)*), " FROM ", $name, " WHERE (", listed!($($key),+), ") > (", $after,
                ") ORDER BY ", listed!($($key),+), " LIMIT ", $page,
            ),
            put: Text::Each {
                sqlite: concat!(
                    "INSERT INTO ", $name, " (", listed!($first $(, $column)*), ") SELECT ",
                    in_sqlite!($first_kind $first) $(, ", ", in_sqlite!($kind $column))*,
                    " FROM json_each($1) WHERE TRUE" $(, " ", $instead)?
                ),
                // Numbers of the audit log are the database's own elsewhere.
                postgres: concat!(
                    "INSERT INTO ", $name, " (", listed!($first $(, $column)*), ") OVERRIDING SYSTEM VALUE SELECT ",
                    in_postgres!($first_kind $first) $(, ", ", in_postgres!($kind $column))*,
                    " FROM json_array_elements($1::JSON) AS row" $(, " ", $instead)?
                ),
            },
        }
    };
}

/// What comes before the modules.
pub(super) const BEFORE_MODULES: &[Table] = &[
    table!("environments" "environment" by (Text id) > "$1", 500 at once: Text id, Text name, Number created_at),
    table!("draft" "draft" by (Number id) > "$1", 1 at once: Number id, Number number, Text catalog;
        instead "ON CONFLICT (id) DO UPDATE SET number = excluded.number, catalog = excluded.catalog"),
];

/// What comes behind them. Each refers only to those before it.
pub(super) const BEHIND_MODULES: &[Table] = &[
    table!("module-reports" "module_reports" by (Text digest) > "$1", 20 at once: Text digest, Text report),
    table!("workflows" "workflows" by (Text slug) > "$1", 500 at once:
        Text slug, Number position, Text digest, Flag enabled, Number fuel, Number deadline_ms, Number memory_bytes,
        Number created_at, Number updated_at),
    table!("releases" "releases" by (Number number) > "$1", 20 at once:
        Number number, Text digest, Text catalog, Text author, Text note, Number created_at),
    table!("release-workflows" "release_workflows" by (Number release, Text slug) > "$1, $2", 500 at once:
        Number release, Text slug, Number position, Text digest, Flag enabled, Number fuel, Number deadline_ms,
        Number memory_bytes, Number created_at, Number updated_at),
    table!("deployments" "deployments" by (Number id) > "$1", 500 at once:
        Number id, Text environment_id, Number release, Number canary_release, Text canary, Number shadow_release, Text shadow,
        Number back_to, Text author, Text note, Number at),
    table!("keys" "keys" by (Text id) > "$1", 500 at once:
        Text id, Text name, Text kind, Text scopes, Bytes hash, Number created_at, Number revoked_at, Number ends_at,
        Text environment_id),
    table!("customers" "customers" by (Text user_type, Text identifier) > "$1, $2", 200 at once:
        Text user_type, Text identifier, Text customer_identifiers, Text product_ids),
    table!("custom-data" "custom_data"
        by (Text scope, Text user_type, Text identifier, Text key) > "$1, $2, $3, $4", 200 at once:
        Text scope, Text user_type, Text identifier, Text key, Text value),
    table!("identity-links" "identity_links"
        by (Text source_type, Text source_identifier, Text target_type, Text target_identifier) > "$1, $2, $3, $4", 500 at once:
        Text source_type, Text source_identifier, Text target_type, Text target_identifier, Text mode),
    table!("counters" "counters"
        by (Text user_type, Text identifier, Text counter_id, Text period) > "$1, $2, $3, $4", 500 at once:
        Text user_type, Text identifier, Text counter_id, Text period, Number started_at, Number units, Number unique_units),
    table!("counted-resources" "counted_resources"
        by (Text user_type, Text identifier, Text counter_id, Text resource_id) > "$1, $2, $3, $4", 500 at once:
        Text user_type, Text identifier, Text counter_id, Text resource_id, Number used_at),
    // An update that is sent again after the counters were restored must not be counted again either.
    table!("idempotency-keys" "idempotency_keys" by (Bytes key) > "$1", 500 at once: Bytes key, Bytes request, Number at),
    table!("audit" "audit" by (Number id) > "$1", 500 at once:
        Number id, Number at, Text author, Text action, Text subject, Text detail, Text request),
];

/// The part that the modules are, each a file of its own.
pub(super) const MODULES: &str = "modules";
/// The part that can be left out.
pub(super) const KEYS: &str = "keys";

/// A part of a backup.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Rows(&'static Table),
    Modules,
}

impl Part {
    /// All parts, in their order.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let before = BEFORE_MODULES.iter().map(Self::Rows);
        before.chain([Self::Modules]).chain(BEHIND_MODULES.iter().map(Self::Rows))
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rows(table) => table.part,
            Self::Modules => MODULES,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sqlx::{Connection, SqliteConnection, query_scalar};

    use super::*;
    use crate::schema;

    /// What a migration adds is in backups, too, or is named here.
    #[tokio::test]
    async fn no_table_and_no_column_is_forgotten() {
        let elsewhere = ["modules", "secret_check", "usher_migrations", "sqlite_sequence"];
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        schema::sqlite::migrate(&mut connection).await.unwrap();
        let columns = "SELECT tables.name || '.' || columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table'";
        let there: Vec<String> = query_scalar(columns).fetch_all(&mut connection).await.unwrap();
        let there = there.into_iter().filter(|column| !elsewhere.contains(&column.split('.').next().unwrap()));
        let there: BTreeSet<_> = there.collect();
        let kept = BEFORE_MODULES.iter().chain(BEHIND_MODULES).flat_map(|table| {
            let name = table.page.split(" FROM ").nth(1).unwrap().split(' ').next().unwrap();
            table.columns.iter().map(move |column| format!("{name}.{}", column.name))
        });
        assert_eq!(kept.collect::<BTreeSet<_>>(), there);
    }
}
