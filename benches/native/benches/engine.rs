//! The engine as native code, on a tenant of 100,000 users.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rolegate::{Json, On, Snapshot};
use rolegate_bench::{NOW, PERMISSION, tenant, user};

const USERS: usize = 100_000;

fn engine(criterion: &mut Criterion) {
    let text = tenant(USERS);
    let (Ok(snapshot), Some(record)) =
        (Snapshot::from_json(text.as_bytes()), Json::parse(br#"{ "owner": "someone", "team": "t77" }"#))
    else {
        eprintln!("the tenant of the benchmark is refused");
        return;
    };
    load(criterion, &text);
    let name = user(USERS / 2);
    let subject = snapshot.subject(&name).at(NOW);
    criterion.bench_function("valid until", |bencher| bencher.iter(|| subject.valid_until()));
    criterion.bench_function("can", |bencher| {
        bencher.iter(|| subject.can(black_box(PERMISSION), On::Record(&record)));
    });
    criterion.bench_function("narrow", |bencher| bencher.iter(|| snapshot.narrow(black_box(&name))));
    let mut slow = criterion.benchmark_group("all users");
    slow.sample_size(10);
    slow.bench_function("who_can", |bencher| {
        bencher.iter(|| subject.who_can(black_box(PERMISSION), On::Record(&record)));
    });
    slow.finish();
}

fn load(criterion: &mut Criterion, text: &str) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("from_json", |bencher| {
        bencher.iter(|| Snapshot::from_json(black_box(text.as_bytes())));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = engine
}
criterion_main!(benches);
