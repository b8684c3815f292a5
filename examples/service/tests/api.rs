//! The HTTP service, request by request.
#![allow(clippy::unwrap_used)] // a test that cannot go on has failed

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use service::api::{ApiError, BearerTokens, Callers as _, TrustedGateway, router};
use service::{Place, work};
use stellaops_db::schema::scheduler::GraphJobRepository;
use stellaops_db::{Error, TenantId};
use tower::ServiceExt as _;

struct Given {
    place: Place,
    service: Router,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Given {
    async fn new() -> Self {
        let place = Place::throwaway().await.unwrap();
        let tokens = BearerTokens::default().with("a-token", tenant("a")).with("b-token", tenant("b"));
        let service = router(place.database.clone(), tokens);
        Given { place, service }
    }

    async fn queue(&self, name: &str, jobs: u32) {
        work::queue(&self.place.database, &tenant(name), jobs).await.unwrap();
    }

    async fn get(&self, name: &str, path: &str) -> Answer {
        let request = Request::get(path).header("authorization", format!("Bearer {name}-token"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, name: &str, path: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {name}-token"))
            .header("content-type", "application/json")
            .header("x-request-id", "request-7");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        answer(&self.service, request).await
    }
}

async fn answer(service: &Router, request: Request<Body>) -> Answer {
    let response = service.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = serde_json::from_slice(&to_bytes(body, 1 << 20).await.unwrap()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

fn ids(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let rows = page.body["rows"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

fn build() -> Value {
    json!({
        "sbomId": "sbom-1",
        "sbomVersionId": "sbom-1-1",
        "sbomDigest": format!("sha256:{}", "5".repeat(64)),
        "trigger": "manual",
        "metadata": { "app": "log", "log": "" },
    })
}

#[tokio::test]
async fn pages_go_forward_and_back() {
    let given = Given::new().await;
    given.queue("a", 5).await;
    let first = given.get("a", "/graph-jobs?status=queued&limit=2").await;
    let next = format!("/graph-jobs?status=queued&limit=2&cursor={}", first.body["next"].as_str().unwrap());
    let second = given.get("a", &next).await;
    let previous = second.body["previous"].as_str().unwrap();
    let back = given.get("a", &format!("/graph-jobs?status=queued&limit=2&cursor={previous}")).await;
    let all = ids(&given.get("a", "/graph-jobs").await);
    assert_eq!(all.len(), 5);
    assert_eq!([ids(&first), ids(&second)].concat(), all[..4]);
    assert_eq!(ids(&back), ids(&first));
    assert_eq!(first.body["previous"], Value::Null);
    assert_eq!(first.body["rows"][0]["status"], "queued");
}

#[tokio::test]
async fn a_tenant_reaches_nothing_of_another_one() {
    let given = Given::new().await;
    given.queue("a", 3).await;
    let page = given.get("a", "/graph-jobs?limit=1").await;
    let job = ids(&page).remove(0);
    assert_eq!(ids(&given.get("b", "/graph-jobs").await), [""; 0]);
    for path in [format!("/graph-jobs/{job}"), format!("/graph-jobs/{}", uuid::Uuid::nil())] {
        let answer = given.get("b", &path).await;
        assert_eq!((answer.status, &answer.body["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    }
    let cancelled = given.post("b", &format!("/graph-jobs/{job}/cancel"), &json!({})).await;
    assert_eq!(cancelled.status, StatusCode::NOT_FOUND);
    let cursor = page.body["next"].as_str().unwrap();
    let foreign = given.get("b", &format!("/graph-jobs?limit=1&cursor={cursor}")).await;
    assert_eq!((foreign.status, &foreign.body["code"]), (StatusCode::BAD_REQUEST, &json!("cursor")));
    assert_eq!(given.get("a", &format!("/graph-jobs/{job}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_job_that_is_asked_for_is_queued_and_can_be_read() {
    let given = Given::new().await;
    let created = given.post("a", "/graph-jobs", &build()).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let read = given.get("a", created.headers[header::LOCATION].to_str().unwrap()).await;
    assert_eq!(read.body, created.body);
    assert_eq!((&read.body["status"], &read.body["correlationId"]), (&json!("queued"), &json!("request-7")));
    assert_eq!(read.body["payload"]["sbomId"], "sbom-1");
}

#[tokio::test]
async fn a_running_job_is_cancelled_once() {
    let given = Given::new().await;
    given.queue("a", 1).await;
    let jobs = given.place.database.tenant(&tenant("a")).repository::<GraphJobRepository>();
    let path = format!("/graph-jobs/{}/cancel", ids(&given.get("a", "/graph-jobs").await)[0]);
    assert_eq!(given.post("a", &path, &json!({})).await.status, StatusCode::CONFLICT, "it is queued");
    jobs.claim("a worker", 1, Duration::from_secs(60)).await.unwrap();
    let cancelled = given.post("a", &path, &json!({})).await;
    assert_eq!((cancelled.status, &cancelled.body["status"]), (StatusCode::OK, &json!("cancelled")));
    let again = given.post("a", &path, &json!({})).await;
    assert_eq!((again.status, &again.body["code"]), (StatusCode::CONFLICT, &json!("not_running")));
}

#[tokio::test]
async fn a_request_that_proves_no_tenant_is_not_served() {
    let given = Given::new().await;
    let header = |value| Request::get("/graph-jobs").header("authorization", HeaderValue::from_static(value));
    let requests = [
        (Request::get("/graph-jobs"), StatusCode::UNAUTHORIZED),
        (header("Bearer c-token"), StatusCode::UNAUTHORIZED),
        (header("Bearer "), StatusCode::UNAUTHORIZED),
        (header("Basic a-token"), StatusCode::UNAUTHORIZED),
        (header("Bearer a-token").header("authorization", "Bearer b-token"), StatusCode::BAD_REQUEST),
    ];
    for (request, status) in requests {
        let answer = given.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(answer.headers.contains_key(header::WWW_AUTHENTICATE), status == StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_header_of_a_trusted_gateway_names_the_tenant() {
    let given = Given::new().await;
    given.queue("a", 2).await;
    let gateway = TrustedGateway { header: HeaderName::from_static("x-tenant-id") };
    let service = router(given.place.database.clone(), gateway);
    let request = |name: &'static str| {
        Request::get("/graph-jobs").header("x-tenant-id", name).body(Body::empty()).unwrap()
    };
    assert_eq!(ids(&answer(&service, request("a")).await).len(), 2);
    assert_eq!(ids(&answer(&service, request("b")).await).len(), 0);
    for none in ["", "@global"] {
        assert_eq!(answer(&service, request(none)).await.status, StatusCode::BAD_REQUEST);
    }
    let without = Request::get("/graph-jobs").body(Body::empty()).unwrap();
    assert_eq!(answer(&service, without).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wrong_request_is_a_problem_without_the_words_of_the_database() {
    let given = Given::new().await;
    let mut misshapen = build();
    misshapen["sbomDigest"] = json!("md5:1");
    let answers = [
        (given.get("a", "/graph-jobs?status=done").await, StatusCode::BAD_REQUEST),
        (given.get("a", "/graph-jobs?limit=0").await, StatusCode::BAD_REQUEST),
        (given.get("a", "/graph-jobs?order=id").await, StatusCode::BAD_REQUEST),
        (given.get("a", "/graph-jobs?cursor=AAAA").await, StatusCode::BAD_REQUEST),
        (given.get("a", "/graph-jobs/7").await, StatusCode::BAD_REQUEST),
        (given.get("a", "/jobs").await, StatusCode::NOT_FOUND),
        (given.post("a", "/graph-jobs", &json!({})).await, StatusCode::UNPROCESSABLE_ENTITY),
        (given.post("a", "/graph-jobs", &misshapen).await, StatusCode::UNPROCESSABLE_ENTITY),
        (given.post("a", "/graph-jobs/7", &json!({})).await, StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (answer, status) in answers {
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(answer.body["status"], status.as_u16());
        let text = answer.body.to_string();
        assert!(!["ck_graph_jobs", "scheduler", "SQL"].iter().any(|word| text.contains(word)), "{text}");
    }
}

#[tokio::test]
async fn a_value_that_no_database_can_hold_is_told_by_what_is_wrong_with_it() {
    let given = Given::new().await;
    let mut job = build();
    job["sbomId"] = json!("a\0b");
    let answer = given.post("a", "/graph-jobs", &job).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("encode")));
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains("NUL"), "{detail}");
}

#[test]
fn tokens_are_kept_by_their_hashes() {
    // `printf %s hello | sha256sum`
    let hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let tokens = BearerTokens::parse(&format!("\n{hash} a\n")).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer hello"));
    assert_eq!(tokens.tenant_of(&headers).unwrap(), tenant("a"));
    for wrong in ["hello a", hash, &format!("{hash} @global"), &format!("é{} a", &hash[2..])] {
        assert!(BearerTokens::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_client_is_told_whether_to_try_again() {
    let message = || "the words of the database".to_owned();
    let errors = [
        (Error::PoolTimeout, StatusCode::SERVICE_UNAVAILABLE, true),
        (Error::Retry { message: message() }, StatusCode::SERVICE_UNAVAILABLE, true),
        (Error::Cancelled { message: message() }, StatusCode::GATEWAY_TIMEOUT, true),
        (Error::LockTimeout { message: message() }, StatusCode::GATEWAY_TIMEOUT, true),
        (Error::OutOfResources { message: message() }, StatusCode::SERVICE_UNAVAILABLE, true),
        (Error::IllegalTransition { message: message() }, StatusCode::CONFLICT, false),
        (Error::Denied { message: message() }, StatusCode::INTERNAL_SERVER_ERROR, false),
        (Error::NoTenantBound, StatusCode::INTERNAL_SERVER_ERROR, false),
    ];
    for (error, status, is_retryable) in errors {
        let problem = ApiError::from(error);
        assert!(!format!("{problem:?}").contains(&message()));
        let response = problem.into_response();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers().contains_key(header::RETRY_AFTER), is_retryable);
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_told_as_such() {
    let given = Given::new().await;
    given.place.database.close().await;
    let answer = given.get("a", "/graph-jobs").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
}
