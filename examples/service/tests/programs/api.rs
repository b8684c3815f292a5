use service::Place;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::given::{line, program, said, terminate};

#[tokio::test]
async fn the_service_answers_at_its_address_and_ends_in_peace() {
    let place = Place::throwaway().await.unwrap();
    let mut arguments = program(env!("CARGO_BIN_EXE_api"), &place);
    let mut child =
        arguments.args(["--listen", "127.0.0.1:0", "--trust-gateway", "X-Tenant-Id"]).spawn().unwrap();
    let told = line(&mut child).await;
    let address = told.trim().strip_prefix("listening on http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = "GET /graph-jobs HTTP/1.1\r\nHost: service\r\nX-Tenant-Id: a\r\nConnection: close\r\n\r\n";
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    assert!(response.ends_with(r#"{"rows":[],"next":null,"previous":null}"#), "{response}");
    terminate(&child).await;
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("all requests are answered"), "{}", said(&output));
}

#[tokio::test]
async fn a_program_without_a_database_says_what_is_missing() {
    let place = Place::throwaway().await.unwrap();
    let mut arguments = program(env!("CARGO_BIN_EXE_api"), &place);
    let output = arguments
        .args(["--trust-gateway", "X-Tenant-Id"])
        .env_remove("STELLAOPS_DB_URL")
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("error: `STELLAOPS_DB_URL` is not set"), "{}", said(&output));
}
