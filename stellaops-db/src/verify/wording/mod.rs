//! Whether checks, defaults, predicates of indexes and conditions of triggers say what the specs say.
//!
//! PostgreSQL prints an expression in its own way, and each version in a way of its own. So the server itself is asked what it
//! makes of both: the text of the specs and its own print of what is there are planned side by side, over a relation that has
//! the table's columns and no rows, and the plan shows both in one form. Nothing is run. What somebody's own functions do
//! while a statement is planned is not for an audit to find out, so that an expression that calls one is never planned.

mod pair;
mod question;
mod verdict;

use std::collections::BTreeMap;

use sqlx::PgConnection;
use stellaops_db_spec::rule::Rule;

use super::audit::Recorder;
use super::check::Context;
use pair::{Pair, Sheet};
use question::Question;
use verdict::Verdict;

pub(super) async fn check(
    connection: &mut PgConnection,
    context: &Context<'_>,
    recorder: &mut Recorder,
) -> Result<(), sqlx::Error> {
    let mut doubts = Doubts::default();
    let mut question = Question::begin(connection).await?;
    for sheet in pair::sheets(context) {
        compare(&mut question, context, &sheet, recorder, &mut doubts).await?;
    }
    doubts.tell(recorder);
    Ok(())
}

/// Holds the pairs of one relation against each other.
async fn compare(
    question: &mut Question<'_>,
    context: &Context<'_>,
    sheet: &Sheet<'_>,
    recorder: &mut Recorder,
    doubts: &mut Doubts,
) -> Result<(), sqlx::Error> {
    let mut both = Vec::new();
    for pair in &sheet.pairs {
        recorder.examined(pair.rule, 1, "expressions");
        match verdict::of(context, sheet, pair) {
            Verdict::Same => {}
            Verdict::Other(message) => tell(pair, sheet, message, recorder),
            Verdict::Unknown(why) => doubts.note(pair, sheet, &why),
            Verdict::ToPlan(wanted, found) => both.push((pair, wanted, found)),
        }
    }
    for some in both.chunks(question::AT_ONCE) {
        let texts: Vec<String> = some
            .iter()
            .flat_map(|(pair, wanted, found)| [pair.as_value(wanted), pair.as_value(found)])
            .collect();
        match question.ask(&sheet.rows, &texts).await? {
            Ok(printed) => {
                let answers = printed.chunks(2).zip(some);
                for (_, (pair, _, found)) in answers.filter(|(answer, _)| answer[0] != answer[1]) {
                    tell(pair, sheet, verdict::another(pair, found), recorder);
                }
            }
            Err(_) => {
                for (pair, wanted, found) in some {
                    one_by_one(question, (pair, wanted, found), sheet, recorder, doubts).await?;
                }
            }
        }
    }
    Ok(())
}

/// Finds out which of two texts the server does not take. Its own print is as good as another expression then.
async fn one_by_one(
    question: &mut Question<'_>,
    (pair, wanted, found): (&Pair<'_>, &str, &str),
    sheet: &Sheet<'_>,
    recorder: &mut Recorder,
    doubts: &mut Doubts,
) -> Result<(), sqlx::Error> {
    let texts = [pair.as_value(wanted), pair.as_value(found)];
    match question.ask(&sheet.rows, &texts).await? {
        Ok(printed) if printed[0] == printed[1] => {}
        Ok(_) => tell(pair, sheet, verdict::another(pair, found), recorder),
        Err(_) => match question.ask(&sheet.rows, &texts[..1]).await? {
            Err(why) => doubts.note(pair, sheet, &why),
            Ok(_) => {
                let message = format!(
                    "{} is another one, which could not be compared: {found}",
                    pair.what
                );
                tell(pair, sheet, message, recorder);
            }
        },
    }
    Ok(())
}

fn tell(pair: &Pair<'_>, sheet: &Sheet<'_>, message: String, recorder: &mut Recorder) {
    recorder.error(pair.rule, sheet.object(), message, pair.help.clone());
}

/// What could not be compared, by rule: how much, and the first of it.
#[derive(Default)]
struct Doubts(BTreeMap<&'static str, (&'static Rule, usize, String)>);

impl Doubts {
    fn note(&mut self, pair: &Pair<'_>, sheet: &Sheet<'_>, why: &str) {
        let first = || (pair.rule, 0, format!("{} of {}: {why}", pair.what, sheet.shown()));
        self.0.entry(pair.rule.code).or_insert_with(first).1 += 1;
    }

    fn tell(self, recorder: &mut Recorder) {
        for (rule, number, first) in self.0.into_values() {
            recorder.unchecked(
                rule,
                format!("{number} of the expressions could not be compared, among them {first}"),
            );
        }
    }
}
