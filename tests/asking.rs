//! How the engine is asked a random question.

use rolegate::{Json, On, Snapshot, Subject};
use serde_json::Value;

use crate::reference::generate::OwnedQuestion;

/// A record or a context as the engine takes it; nothing of what is no object.
pub(crate) fn json(value: &Value) -> Option<Json> {
    Json::parse(value.to_string().as_bytes())
}

/// A random question with what the engine reads of it.
pub(crate) struct Asking<'q> {
    question: &'q OwnedQuestion,
    context: Json,
    record: Option<Option<Json>>,
}

impl<'q> Asking<'q> {
    pub(crate) fn new(question: &'q OwnedQuestion) -> Self {
        let context = json(&question.context).unwrap();
        Self { question, context, record: question.record.as_ref().map(json) }
    }

    /// Who asks, when and within which bounds.
    pub(crate) fn subject<'a>(&'a self, snapshot: &'a Snapshot) -> Subject<'a> {
        let OwnedQuestion { user, now, roles, limit, .. } = self.question;
        let mut subject = snapshot.subject(user).at(*now).context(&self.context);
        if let Some(roles) = roles {
            subject = subject.roles(roles);
        }
        if let Some(limit) = limit {
            subject = subject.limit(limit);
        }
        subject
    }

    /// What it is asked about.
    pub(crate) fn on(&self) -> On<'_> {
        match &self.record {
            None => On::Anything,
            Some(None) => On::Unknown,
            Some(Some(record)) => On::Record(record),
        }
    }
}
