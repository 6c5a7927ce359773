//! The text of a condition: read within bounds, checked against what there is to name, and asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::objects::{Key, Map as CelMap};
use cel::parser::Parser;
use cel::{Context, Env, Value as CelValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::facts::Facts;

/// The most bytes of a condition. What is longer would nest deeper than a thread's stack is sure to hold.
pub const CONDITION_BYTES_MAX: usize = 500;
/// How deep brackets, calls and signs may nest.
const DEPTH_MAX: u16 = 24;
/// How many loops, such as `exists`, may lie within one another: each goes through what the one around it gives.
const LOOPS_MAX: usize = 2;
/// The most characters of a value that is told with an answer.
const TOLD_CHARS_MAX: usize = 200;

/// A condition, as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Condition(String);

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// It is empty or too long.
    #[error("an expression of 1 to {CONDITION_BYTES_MAX} bytes")]
    Size,
    /// It cannot be read.
    #[error("a CEL expression such as `activity.items >= 5`: {reason}")]
    Unreadable {
        /// Where it goes wrong.
        reason: String,
    },
    /// It names what there is not.
    #[error("{known} and not `{name}`")]
    Unknown {
        /// What it names.
        name: String,
        /// What there is in its place.
        known: String,
    },
    /// Too many loops lie within one another.
    #[error("at most {LOOPS_MAX} loops within one another")]
    Loops,
    /// It comes to something else than true or false.
    #[error("an expression that is true or false, and not {found}")]
    NoAnswer {
        /// What it comes to.
        found: String,
    },
    /// It cannot be asked of these facts.
    #[error("an expression that can be asked: {reason}")]
    Unanswerable {
        /// Why not.
        reason: String,
    },
}

/// What a condition comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether the run is worth having.
    pub holds: bool,
    /// What the names in it stood for.
    pub values: BTreeMap<String, Value>,
}

/// What is known of a name's fields.
#[derive(Clone, Copy)]
enum Shape {
    /// These and no others.
    Fields(&'static [&'static str]),
    /// Whatever is there when it is asked.
    Free,
}

const WALL: Shape = Shape::Fields(&["at", "year", "month", "day", "weekday", "hour", "minute"]);

/// What a condition may name.
const NAMES: [(&str, Shape); 7] = [
    (
        "activity",
        Shape::Fields(&[
            "items",
            "commits",
            "pullRequests",
            "issues",
            "releases",
            "breaking",
            "features",
            "fixes",
            "security",
            "firstTimers",
            "authors",
        ]),
    ),
    ("last", Shape::Fields(&["status", "at", "minutesAgo", "hoursAgo", "failuresInRow", "output"])),
    ("payload", Shape::Free),
    ("trigger", Shape::Fields(&["kind", "event"])),
    ("upstream", Shape::Free),
    ("due", WALL),
    ("now", WALL),
];

/// The language without its optional values: there is nothing here that `has` does not answer.
static LANGUAGE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(false)));

impl Condition {
    /// Returns the condition a text stands for.
    ///
    /// # Errors
    /// [`ConditionError`] says what would be right.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        let text = text.trim();
        let expression = read(text)?;
        let mut names = Names::default();
        names.walk(&expression, &mut Vec::new(), 0)?;
        names.check()?;
        Ok(Self(text.to_owned()))
    }

    /// Returns the text it was made from.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it asks what happened in the project.
    pub fn asks_activity(&self) -> bool {
        self.names().is_ok_and(|names| names.iter().any(|path| path[0] == "activity"))
    }

    /// Returns what it comes to.
    ///
    /// # Errors
    /// [`ConditionError`] when these facts do not hold what it names, or when it is neither true nor false.
    pub fn ask(&self, facts: &Facts) -> Result<Verdict, ConditionError> {
        let expression = read(&self.0)?;
        let facts = match serde_json::to_value(facts) {
            Ok(Value::Object(facts)) => facts,
            Ok(_) | Err(_) => Map::new(),
        };
        let mut context = Context::with_env(Arc::clone(&LANGUAGE));
        for (name, value) in &facts {
            context.add_variable_from_value(name.as_str(), of_json(value));
        }
        let asked = guarded(|| CelValue::resolve(&expression, &context));
        let answer = asked
            .map_err(|reason| ConditionError::Unanswerable { reason })?
            .map_err(|error| ConditionError::Unanswerable { reason: told(&error.to_string()) })?;
        let CelValue::Bool(holds) = answer else {
            return Err(ConditionError::NoAnswer { found: answer.type_of().to_string() });
        };
        let value_at = |path: &[String]| {
            let (root, fields) = path.split_first()?;
            fields.iter().try_fold(facts.get(root)?, |at, field| at.get(field))
        };
        let names = self.names()?;
        let found = names.iter().filter_map(|path| Some((path.join("."), shown(value_at(path)?))));
        Ok(Verdict { holds, values: found.collect() })
    }

    /// Asks it on trial, before its job is saved: what it names must be there, as far as that is known before anything ran.
    ///
    /// # Errors
    /// As [`Condition::ask`], but for what only a run can tell.
    pub fn check(&self, sample: &Facts) -> Result<(), ConditionError> {
        match self.ask(sample) {
            Err(ConditionError::Unanswerable { .. }) if self.asks_what_runs_tell() => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }

    /// Whether it names what is there only once something ran, or is told to a run alone.
    fn asks_what_runs_tell(&self) -> bool {
        let is_told = |path: &Vec<String>| match (path[0].as_str(), path.get(1).map(String::as_str)) {
            ("payload" | "upstream", _) => true,
            ("last", field) => field.is_none_or(|field| field == "output"),
            ("trigger", field) => field.is_none_or(|field| field == "event"),
            _ => false,
        };
        self.names().is_ok_and(|names| names.iter().any(is_told))
    }

    /// Returns the ways to the values it names.
    fn names(&self) -> Result<BTreeSet<Vec<String>>, ConditionError> {
        let mut names = Names::default();
        names.walk(&read(&self.0)?, &mut Vec::new(), 0)?;
        Ok(names.0)
    }
}

/// A text as it is, whether or not it is right: [`Condition::parse`] says.
impl From<String> for Condition {
    fn from(text: String) -> Self {
        Self(text.trim().to_owned())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn read(text: &str) -> Result<IdedExpr, ConditionError> {
    if text.is_empty() || text.len() > CONDITION_BYTES_MAX {
        return Err(ConditionError::Size);
    }
    let parsed = guarded(|| Parser::new().max_recursion_depth(DEPTH_MAX).parse(text));
    parsed.map_err(|reason| ConditionError::Unreadable { reason })?.map_err(|refused| {
        let first = refused.errors.first();
        let reason = first.map(|error| format!("{} at character {}", told(&error.msg), error.pos.1.max(1)));
        ConditionError::Unreadable { reason: reason.unwrap_or_default() }
    })
}

/// Does what the language's implementation might panic at, and says so if it does.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| "its reader cannot make sense of it".to_owned())
}

/// Returns words of the implementation in one short line.
fn told(words: &str) -> String {
    let line = words.lines().next().unwrap_or_default();
    line.strip_prefix("Syntax error: ").unwrap_or(line).chars().take(TOLD_CHARS_MAX).collect()
}

/// Returns a value as it is told with an answer: what is long is cut.
fn shown(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > TOLD_CHARS_MAX => {
            let cut: String = text.chars().take(TOLD_CHARS_MAX - 1).chain(['…']).collect();
            cut.into()
        }
        Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            if text.len() <= TOLD_CHARS_MAX { value.clone() } else { shown(&Value::String(text)) }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Returns a value in the language's own types; whole numbers are signed ones, as they are when they are written down.
fn of_json(value: &Value) -> CelValue {
    match value {
        Value::Null => CelValue::Null,
        Value::Bool(it) => CelValue::Bool(*it),
        Value::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(whole), _) => CelValue::Int(whole),
            (None, Some(other)) => CelValue::Float(other),
            (None, None) => CelValue::Null,
        },
        Value::String(it) => CelValue::String(Arc::new(it.clone())),
        Value::Array(items) => CelValue::List(Arc::new(items.iter().map(of_json).collect())),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, it)| (Key::String(Arc::new(name.clone())), of_json(it)));
            CelValue::Map(CelMap { map: Arc::new(fields.collect::<HashMap<_, _>>()) })
        }
    }
}

/// The ways to values that an expression names, such as `activity.items`.
#[derive(Default)]
struct Names(BTreeSet<Vec<String>>);

impl Names {
    /// Collects what `at` names; `bound` are the names that loops around it give, `loops` how many these are.
    fn walk(&mut self, at: &IdedExpr, bound: &mut Vec<String>, loops: usize) -> Result<(), ConditionError> {
        if let Some(path) = path_of(&at.expr) {
            if !bound.contains(&path[0]) {
                self.0.insert(path);
            }
            return Ok(());
        }
        match &at.expr {
            Expr::Unspecified | Expr::Literal(_) | Expr::Ident(_) => Ok(()),
            Expr::Select(select) => self.walk(&select.operand, bound, loops),
            Expr::Call(call) => {
                let target = call.target.as_deref().into_iter();
                target.chain(&call.args).try_for_each(|part| self.walk(part, bound, loops))
            }
            Expr::List(list) => list.elements.iter().try_for_each(|part| self.walk(part, bound, loops)),
            Expr::Map(map) => self.walk_entries(map.entries.iter().map(|it| &it.expr), bound, loops),
            Expr::Struct(built) => self.walk_entries(built.entries.iter().map(|it| &it.expr), bound, loops),
            Expr::Comprehension(each) => {
                if loops == LOOPS_MAX {
                    return Err(ConditionError::Loops);
                }
                self.walk(&each.iter_range, bound, loops)?;
                self.walk(&each.accu_init, bound, loops)?;
                let before = bound.len();
                bound.extend([each.iter_var.clone(), each.accu_var.clone()]);
                bound.extend(each.iter_var2.clone());
                for part in [&each.loop_cond, &each.loop_step, &each.result] {
                    self.walk(part, bound, loops + 1)?;
                }
                bound.truncate(before);
                Ok(())
            }
        }
    }

    fn walk_entries<'a>(
        &mut self,
        entries: impl Iterator<Item = &'a EntryExpr>,
        bound: &mut Vec<String>,
        loops: usize,
    ) -> Result<(), ConditionError> {
        for entry in entries {
            match entry {
                EntryExpr::StructField(field) => self.walk(&field.value, bound, loops)?,
                EntryExpr::MapEntry(entry) => {
                    self.walk(&entry.key, bound, loops)?;
                    self.walk(&entry.value, bound, loops)?;
                }
            }
        }
        Ok(())
    }

    /// Refuses what there is not.
    fn check(&self) -> Result<(), ConditionError> {
        for path in &self.0 {
            let Some((_, shape)) = NAMES.iter().find(|(name, _)| *name == path[0]) else {
                let known = NAMES.map(|(name, _)| name).join(", ");
                return Err(ConditionError::Unknown { name: path[0].clone(), known });
            };
            if let (Shape::Fields(fields), Some(field)) = (shape, path.get(1))
                && !fields.contains(&field.as_str())
            {
                let known: Vec<String> = fields.iter().map(|it| format!("{}.{it}", path[0])).collect();
                let name = format!("{}.{field}", path[0]);
                return Err(ConditionError::Unknown { name, known: known.join(", ") });
            }
        }
        Ok(())
    }
}

/// Returns the way an expression spells, root first: `a.b.c`, and the same in `has(a.b.c)`.
fn path_of(expression: &Expr) -> Option<Vec<String>> {
    let (mut at, mut path) = (expression, Vec::new());
    loop {
        match at {
            Expr::Ident(name) => {
                path.push(name.clone());
                path.reverse();
                return Some(path);
            }
            Expr::Select(select) => {
                path.push(select.field.clone());
                at = &select.operand.expr;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
#[path = "expression_tests.rs"]
mod tests;
