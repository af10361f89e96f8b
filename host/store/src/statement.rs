//! Statements: what is said to a database, in one text for both of them wherever they agree.

use std::borrow::Cow;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, Sqlite, query};

use crate::connections::in_time;
use crate::row::Row;
use crate::transaction::Transaction;

/// One statement, with what is put into it.
#[derive(Debug)]
pub(crate) struct Statement<'q> {
    text: Text,
    values: Vec<Value<'q>>,
}

/// What a statement says. Both databases know the placeholders `$1`, `$2`, …, and keep what they have prepared.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text {
    /// The same to either.
    Both(&'static str),
    /// Something else to each, where they do not agree.
    Each { sqlite: &'static str, postgres: &'static str },
}

/// What is put into a statement. An absent value has a type, too: PostgreSQL asks for it.
#[derive(Debug)]
pub(crate) enum Value<'q> {
    Text(Option<Cow<'q, str>>),
    Integer(Option<i64>),
    Flag(bool),
    Bytes(&'q [u8]),
    /// A list of texts: an array to PostgreSQL, and to `SQLite`, which has none, a JSON array.
    Texts(Vec<&'q str>),
}

/// Begins a statement.
pub(crate) fn sql<'q>(text: impl Into<Text>) -> Statement<'q> {
    Statement { text: text.into(), values: Vec::new() }
}

impl<'q> Statement<'q> {
    /// Puts in the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs the statement, and returns how many rows it has changed.
    pub(crate) async fn execute(self, within: &mut Transaction) -> Result<u64, sqlx::Error> {
        match within {
            Transaction::Sqlite(begun) => Ok(self.for_sqlite().execute(&mut **begun).await?.rows_affected()),
            Transaction::Postgres(_) if self.has_nul() => {
                Err(sqlx::Error::Encode("text with the character NUL".into()))
            }
            Transaction::Postgres(begun) => {
                Ok(in_time(self.for_postgres().execute(&mut **begun)).await?.rows_affected())
            }
        }
    }

    /// Reads the one row that there is in any case.
    pub(crate) async fn fetch_one(self, within: &mut Transaction) -> Result<Row, sqlx::Error> {
        self.fetch_optional(within).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Reads the first row, if there is one.
    pub(crate) async fn fetch_optional(self, within: &mut Transaction) -> Result<Option<Row>, sqlx::Error> {
        match within {
            Transaction::Sqlite(begun) => Ok(self.for_sqlite().fetch_optional(&mut **begun).await?.map(Row::Sqlite)),
            Transaction::Postgres(_) if self.has_nul() => Ok(None),
            Transaction::Postgres(begun) => {
                Ok(in_time(self.for_postgres().fetch_optional(&mut **begun)).await?.map(Row::Postgres))
            }
        }
    }

    /// Reads all rows.
    pub(crate) async fn fetch_all(self, within: &mut Transaction) -> Result<Vec<Row>, sqlx::Error> {
        match within {
            Transaction::Sqlite(begun) => {
                let rows = self.for_sqlite().fetch_all(&mut **begun).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Transaction::Postgres(_) if self.has_nul() => Ok(Vec::new()),
            Transaction::Postgres(begun) => {
                let rows = in_time(self.for_postgres().fetch_all(&mut **begun)).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Whether a text in it has the character NUL, which no text in PostgreSQL can have: no row is found by it. Asking all the
    /// same would fail, and with it everything else that is read in the same transaction.
    fn has_nul(&self) -> bool {
        self.values.iter().any(|value| matches!(value, Value::Text(Some(text)) if text.contains('\0')))
    }

    fn for_sqlite(self) -> Query<'q, Sqlite, SqliteArguments> {
        let (Text::Both(text) | Text::Each { sqlite: text, .. }) = self.text;
        self.values.into_iter().fold(query(text), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Integer(number) => query.bind(number),
            Value::Flag(flag) => query.bind(flag),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Texts(texts) => query.bind(serde_json::Value::from_iter(texts).to_string()),
        })
    }

    fn for_postgres(self) -> Query<'q, Postgres, PgArguments> {
        let (Text::Both(text) | Text::Each { postgres: text, .. }) = self.text;
        self.values.into_iter().fold(query(text), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Integer(number) => query.bind(number),
            Value::Flag(flag) => query.bind(flag),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Texts(mut texts) => {
                texts.retain(|text| !text.contains('\0'));
                query.bind(texts)
            }
        })
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Both(text)
    }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(text: &'q str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(text: Option<&'q str>) -> Self {
        Self::Text(text.map(Cow::from))
    }
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(text: &'q String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<'q> From<&'q [u8]> for Value<'q> {
    fn from(bytes: &'q [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'q> From<Vec<&'q str>> for Value<'q> {
    fn from(texts: Vec<&'q str>) -> Self {
        Self::Texts(texts)
    }
}
