//! Reading: what one decision reads of user data by itself, each time within a deadline, and what came of it.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use usher_sandbox::request::Customer;
use usher_sandbox::{Found, IdentityLink, LookupError, LookupFuture, LookupReport, Scope, User};

use crate::data::{CounterQuery, CounterReading, CustomerRecord, NoUserData, UserData, UserDataView};
use crate::decision::Degradation;

/// Time that one read may take. The look-ups of workflows have the same, by their own limits.
pub(crate) const READ_DEADLINE: Duration = Duration::from_millis(20);

/// The view of user data that one decision has, and what was read through it.
#[derive(Debug)]
pub(crate) struct Reading {
    view: Box<dyn UserDataView>,
    ends: Instant,
    pub(crate) reports: Vec<LookupReport>,
    pub(crate) degraded: Vec<Degradation>,
}

impl Reading {
    /// A decision that needs no user data.
    pub(crate) fn nothing(ends: Instant) -> Self {
        Self { view: Box::new(NoUserData), ends, reports: Vec::new(), degraded: Vec::new() }
    }

    /// Opens a view, within half of the time that is left. When none opens, every read says so.
    pub(crate) async fn open(data: &dyn UserData, user: &User, ends: Instant) -> Self {
        let patience = ends.saturating_duration_since(Instant::now()) / 2;
        let view = match in_time(data.view(user), patience).await {
            Ok(view) => view,
            Err(error) => Box::new(Unavailable(error)),
        };
        Self { view, ..Self::nothing(ends) }
    }

    /// Where the look-ups of workflows are read from.
    pub(crate) fn view(&self) -> &dyn UserDataView {
        &*self.view
    }

    /// What billing knows of the user; nothing when it cannot be read.
    pub(crate) async fn customer(&mut self, user: &User) -> Customer {
        let started = Instant::now();
        let answer = in_time(self.view.customer(user), self.patience(started)).await;
        self.report("customer", started, answer.as_ref().map(Option::is_some));
        let record = answer.unwrap_or_else(|error| {
            self.degraded.push(Degradation::CustomerUnavailable { reason: error.to_string() });
            None
        });
        record.map_or_else(Customer::default, |record| Customer {
            is_customer: true,
            has_products: !record.product_ids.is_empty(),
            customer_identifiers: record.customer_identifiers,
            product_ids: record.product_ids,
        })
    }

    /// What the user's counters have come to, one reading for each query; none when they cannot be read.
    pub(crate) async fn counters(&mut self, user: &User, queries: &[CounterQuery<'_>]) -> Option<Vec<CounterReading>> {
        let started = Instant::now();
        let answer = in_time(self.view.counters(user, queries), self.patience(started)).await;
        let counted = |readings: &Vec<CounterReading>| readings.iter().any(|reading| reading.units > 0);
        self.report("counters", started, answer.as_ref().map(counted));
        answer.map_err(|error| self.degraded.push(Degradation::CountersUnavailable { reason: error.to_string() })).ok()
    }

    fn patience(&self, started: Instant) -> Duration {
        READ_DEADLINE.min(self.ends.saturating_duration_since(started))
    }

    fn report(&mut self, question: &str, started: Instant, found: Result<bool, &LookupError>) {
        let found = match found {
            Ok(true) => Found::Something,
            Ok(false) => Found::Nothing,
            Err(_) => Found::Unavailable,
        };
        self.reports.push(LookupReport { question: question.to_owned(), found, elapsed: started.elapsed() });
    }
}

async fn in_time<T>(mut answer: LookupFuture<'_, T>, patience: Duration) -> Result<T, LookupError> {
    // Most answers are there at once, and then no timer is made.
    if let Poll::Ready(answer) = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await {
        return answer;
    }
    match tokio::time::timeout(patience, answer).await {
        Ok(answer) => answer,
        Err(_elapsed) => Err(LookupError::new(format_args!("no answer within {patience:.0?}"))),
    }
}

/// A view that did not open: every read fails, for that reason.
#[derive(Debug)]
struct Unavailable(LookupError);

impl Unavailable {
    fn fail<T: Send + 'static>(&self) -> LookupFuture<'_, T> {
        Box::pin(async { Err(self.0.clone()) })
    }
}

impl UserDataView for Unavailable {
    fn customer<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Option<CustomerRecord>> {
        self.fail()
    }

    fn custom_data<'a>(&'a self, _: &'a User, _: &'a str, _: Scope) -> LookupFuture<'a, Option<String>> {
        self.fail()
    }

    fn linked_sources<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        self.fail()
    }

    fn linked_targets<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        self.fail()
    }

    fn counters<'a>(&'a self, _: &'a User, _: &'a [CounterQuery<'a>]) -> LookupFuture<'a, Vec<CounterReading>> {
        self.fail()
    }
}
