//! The columns that are read from the output, as they are asked for.

use super::usage::UsageError;
use crate::model::field::Field;
use crate::model::plan::Plan;
use clap::Args;
use std::sync::Arc;

/// The columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct FieldArgs {
    /// A column read from the output, such as use='(\d+)%': the group, or all that fits; may be repeated.
    #[arg(long = "field", value_name = "NAME=REGEX", value_parser = Field::parse)]
    fields: Vec<Field>,
}

impl FieldArgs {
    /// Each of them once.
    pub(super) fn fields(&self) -> Result<Vec<Field>, UsageError> {
        Field::check_names(&self.fields)?;
        Ok(self.fields.clone())
    }

    /// The plan of a run as it is shown: with these columns as well.
    pub(super) fn laid_over(&self, plan: Arc<Plan>) -> Arc<Plan> {
        if self.fields.is_empty() {
            return plan;
        }
        Arc::new(Plan {
            fields: Field::joined(plan.fields.clone(), &self.fields),
            ..Plan::clone(&plan)
        })
    }

    /// Those of a run, and these.
    pub(super) fn beside(&self, known: &[Field]) -> Result<Vec<Field>, UsageError> {
        Ok(Field::joined(known.to_vec(), &self.fields()?))
    }
}
