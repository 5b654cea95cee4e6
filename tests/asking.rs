//! How the engine is asked a random question.

use rolegate::{Json, On, Snapshot, Subject};
use serde_json::Value;

use crate::reference::generate::OwnedQuestion;

/// A record or a context as the engine takes it; nothing of what is not an object.
pub(crate) fn json(value: &Value) -> Option<Json> {
    Json::parse(value.to_string().as_bytes())
}

/// A random question with what the engine reads of it.
pub(crate) struct Asking<'q> {
    question: &'q OwnedQuestion,
    context: Json,
    /// What is known of the record; nothing also where the question is about none.
    record: Option<Json>,
}

impl<'q> Asking<'q> {
    pub(crate) fn new(question: &'q OwnedQuestion) -> Self {
        let context = json(&question.context).unwrap();
        Self { question, context, record: question.record.as_ref().and_then(json) }
    }

    /// Who asks, when and within which bounds.
    pub(crate) fn subject<'a>(&'a self, snapshot: &'a Snapshot) -> Subject<'a> {
        self.bound(snapshot.subject(&self.question.user))
    }

    /// The same of a subject at hand.
    pub(crate) fn bound<'a>(&'a self, subject: Subject<'a>) -> Subject<'a> {
        let OwnedQuestion { now, roles, limit, .. } = self.question;
        let mut subject = subject.at(*now).context(&self.context);
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
        match (&self.record, &self.question.record) {
            (Some(record), _) => On::Record(record),
            (None, Some(_)) => On::Unknown,
            (None, None) => On::Anything,
        }
    }
}
