use super::{CvssVector, InvalidCvssVector};

fn score(vector: &str) -> Option<i16> {
    let vector: CvssVector = vector.parse().unwrap();
    vector.base_score_tenths()
}

#[test]
fn published_vectors_have_their_published_scores() {
    // The worked examples of FIRST's documents.
    for (vector, tenths) in [
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 78),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 100),
        ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 62),
        ("AV:N/AC:M/Au:N/C:N/I:P/A:N", 43),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 31),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 99),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75),
        ("CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 84),
        ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 68),
    ] {
        assert_eq!(score(vector), Some(tenths), "{vector}");
    }
}

#[test]
fn a_vector_without_impact_scores_nothing() {
    assert_eq!(score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"), Some(0));
    assert_eq!(score("AV:N/AC:L/Au:N/C:N/I:N/A:N"), Some(0));
}

#[test]
fn version_4_is_read_and_not_scored() {
    let text = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A/U:Clear";
    let vector: CvssVector = text.parse().unwrap();
    assert_eq!(vector.to_string(), text);
    assert_eq!(vector.base_score_tenths(), None);
}

#[test]
fn version_2_is_read_in_parentheses_and_written_without() {
    let vector: CvssVector = "(AV:N/AC:L/Au:N/C:P/I:P/A:P/E:ND)".parse().unwrap();
    assert_eq!(vector.to_string(), "AV:N/AC:L/Au:N/C:P/I:P/A:P");
}

#[test]
fn what_is_wrong_is_said() {
    let fault = |text: &str| text.parse::<CvssVector>().unwrap_err();
    let full = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    assert_eq!(fault("CVSS:5.0/AV:N"), InvalidCvssVector::Version("5.0".into()));
    assert_eq!(fault("CVSS:3.1/AV"), InvalidCvssVector::Part("AV".into()));
    assert_eq!(
        fault(&format!("{full}/Q:Q")),
        InvalidCvssVector::Metric("Q".into())
    );
    assert_eq!(fault(&format!("{full}/A:L")), InvalidCvssVector::Doubled("A"));
    assert_eq!(fault("CVSS:3.1/AV:N"), InvalidCvssVector::Missing("AC"));
    let value = InvalidCvssVector::Value {
        metric: "AV",
        value: "Z".into(),
    };
    assert_eq!(fault("CVSS:3.1/AV:Z"), value);
}
