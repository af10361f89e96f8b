//! Many at once: everybody gets their own answer.

use usher_store::Location;
use usher_tests::guests;

use crate::test_server::TestServer;

const READERS: usize = 200;

#[test]
fn two_hundred_at_once_are_not_mixed_up() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::on(&Location::Folder(folder.path().to_owned()));
    let catalog: String = (0..READERS).map(|reader| format!("[plans.p-{reader}]\n")).collect();
    server.publish(&catalog).ok();
    let wasm = std::fs::read(guests::READS_PLAN).unwrap();
    server.to("PUT", "/admin/v1/workflows/reads-plan?deadline-ms=10000").send(wasm).ok();
    for reader in 0..READERS {
        let path = format!("/admin/v1/users/authenticated/r-{reader}/custom-data/plan");
        server.to("PUT", &path).send(format!("\"p-{reader}\"")).ok();
    }

    let start = std::sync::Barrier::new(READERS);
    let whole = std::thread::scope(|scope| {
        let (server, start) = (&server, &start);
        let ask = move |reader| {
            start.wait();
            let body = format!(r#"{{"identity": {{"userIdentifier": "r-{reader}"}}}}"#);
            let answer = server.access_check(&body).ok().json();
            assert_eq!(answer["identity"]["identifier"], format!("r-{reader}"));
            let plans = answer["diagnostics"]["plans"].as_array().unwrap();
            match plans.as_slice() {
                [plan] => assert_eq!(plan["slug"], format!("p-{reader}")),
                // A read has 20 ms, which this machine may not have had.
                [] => assert_eq!(answer["diagnostics"]["degraded"], true),
                more => panic!("{reader}: {more:?}"),
            }
            plans.len()
        };
        let threads: Vec<_> = (0..READERS).map(|reader| scope.spawn(move || ask(reader))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    assert!(whole * 10 >= READERS * 9, "{whole} of {READERS} found what is kept for them");
}
