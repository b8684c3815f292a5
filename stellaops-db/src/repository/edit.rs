use stellaops_db_spec::model::quote_identifier;

use crate::error::Error;
use crate::query::Edit;
use crate::query::predicate::Parameters;
use crate::repository::Repository;
use crate::table::{Patchable, Table, TableDescriptor, Versioned, tenancy};
use crate::value::{EncodeError, Parameter};

impl<T: Table, A> Repository<T, A> {
    /// Changes members of the row's documents in place, in one exchange, and gives the row back as it is stored.
    /// Nothing is read before, and members that others change meanwhile stay as they have them. The database
    /// checks the document that comes out; a column that is NULL stays NULL.
    ///
    /// ```no_run
    /// # #[cfg(feature = "scheduler")] {
    /// # use stellaops_db::{Error, Id, path};
    /// # use stellaops_db::schema::scheduler::{GraphJob, GraphJobRepository, GraphResult};
    /// # async fn example(jobs: GraphJobRepository, id: Id<GraphJob>) -> Result<(), Error> {
    /// let counted = GraphJob::RESULT.at(path!(GraphResult: node_count)).set(3);
    /// let job = jobs.edit(id, [counted]).await?;
    /// # let _ = job;
    /// # Ok(()) }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::CheckViolation`] when the document is none of its shape any more.
    pub async fn edit(&self, key: T::Key, edits: impl IntoIterator<Item = Edit<T>>) -> Result<T, Error>
    where
        T: Patchable,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.edit_row(key, edits, None).await
    }

    /// As [`Repository::edit`], if the row still has that version.
    ///
    /// # Errors
    /// As [`Repository::update_expecting`], and as [`Repository::edit`].
    pub async fn edit_expecting(
        &self,
        key: T::Key,
        version: i64,
        edits: impl IntoIterator<Item = Edit<T>>,
    ) -> Result<T, Error>
    where
        T: Patchable + Versioned,
        A: tenancy::Writes<T::Tenancy>,
    {
        self.edit_row(key, edits, Some(version)).await
    }

    async fn edit_row(
        &self,
        key: T::Key,
        edits: impl IntoIterator<Item = Edit<T>>,
        expected: Option<i64>,
    ) -> Result<T, Error> {
        let mut patch = Patch::of(Self::TABLE, self.row_parameters(&key)?);
        for edit in edits {
            let (path, value) = edit.change?;
            patch.changes.push((edit.position, path, value));
        }
        let mut parameters = patch.parameters();
        parameters.extend(self.touched(self.session.now()));
        if Self::TABLE.row_version.is_some() {
            parameters.push(Parameter::BigInt(expected));
        }
        let mut parameters = Parameters(parameters);
        let sql = patch.sql(&mut parameters)?;
        let rows = self.session.built_rows(sql, parameters.0).await;
        self.updated(&rows.map_err(|error| error.of_row(Self::TABLE))?, expected)
    }
}

/// A patch that sets columns from what they are.
struct Patch {
    table: &'static TableDescriptor,
    /// The tenant and the key.
    row: Vec<Parameter>,
    /// The column, the path, and the new value if there is one.
    changes: Vec<(usize, Vec<&'static str>, Option<Parameter>)>,
}

impl Patch {
    fn of(table: &'static TableDescriptor, row: Vec<Parameter>) -> Self {
        let changes = Vec::new();
        Patch { table, row, changes }
    }

    /// As those of an update: the mask names the columns, and what they are set to is said by the text.
    fn parameters(&self) -> Vec<Parameter> {
        let patchable = self.table.patchable.iter();
        let is_changed = |column: &usize| self.changes.iter().any(|(position, ..)| position == column);
        let mask = patchable.clone().map(is_changed).collect();
        let values = patchable.map(|column| self.table.null(*column));
        let row = self.row.iter().cloned();
        row.chain([Parameter::BooleanArray(mask)]).chain(values).collect()
    }

    /// The constant UPDATE, with the document's own members in the place of a new document.
    fn sql(&self, parameters: &mut Parameters) -> Result<String, EncodeError> {
        let mut sql = self.table.statements.update.replacen(" update */", " edit */", 1);
        for (place, column) in self.table.patchable.iter().enumerate() {
            let own: Vec<_> = self
                .changes
                .iter()
                .filter(|(position, ..)| position == column)
                .collect();
            if own.is_empty() {
                continue;
            }
            let name = quote_identifier(self.table.column_name(*column));
            let mut changed = name.clone();
            for (_, path, value) in own {
                let path = path.iter().map(|step| (*step).to_owned()).collect();
                let path = parameters.number(Parameter::TextArray(Some(path)));
                changed = match value {
                    Some(value) => {
                        let value = parameters.number(value.clone());
                        format!("jsonb_set({changed}, {path}, {value})")
                    }
                    None => format!("({changed} #- {path})"),
                };
            }
            let assigned = self.row.len() + 2 + place;
            let of_update = format!("[{}] THEN ${assigned} ELSE {name} END", place + 1);
            if !sql.contains(&of_update) {
                return Err(EncodeError::NoColumn { column: *column });
            }
            let of_edit = format!("[{}] THEN {changed} ELSE {name} END", place + 1);
            sql = sql.replacen(&of_update, &of_edit, 1);
        }
        Ok(sql)
    }
}
