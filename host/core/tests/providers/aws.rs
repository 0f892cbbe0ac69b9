//! What `aws` sends: both services, the identity call, and a session that is cut down to the grant's keys.

use super::*;

fn of_service(name: &str) -> impl Fn(&Operation) -> bool {
    move |operation| operation.when.values().any(|service| service == name)
}

#[test]
fn aws_asks_secrets_manager() {
    let program = program("aws", &aws("SecretsManager"));
    let get = "secretsmanager.GetSecretValue";
    let list = "secretsmanager.ListSecrets";
    let rows = [
        ("sm-get", vec![key("team-a/db")], get, json!({"SecretId": "team-a/db"})),
        (
            "sm-get",
            vec![key("team-a/db"), version("stage", "AWSPREVIOUS")],
            get,
            json!({"SecretId": "team-a/db", "VersionStage": "AWSPREVIOUS"}),
        ),
        (
            "sm-get-binary",
            vec![key("team-a/db"), version("id", "uuid/0f8fad5b-d9cb")],
            get,
            json!({"SecretId": "team-a/db", "VersionId": "0f8fad5b-d9cb"}),
        ),
        ("sm-get-listed", vec![echo("name", "team-a/db", Some(&[]))], get, json!({"SecretId": "team-a/db"})),
        (
            "sm-get-listed-binary",
            vec![echo("name", "team-a/db", Some(&[]))],
            get,
            json!({"SecretId": "team-a/db"}),
        ),
        (
            "sm-metadata",
            vec![key("team-a/db")],
            "secretsmanager.DescribeSecret",
            json!({"SecretId": "team-a/db"}),
        ),
        ("sm-list", vec![], list, json!({"MaxResults": 100})),
        ("sm-list", vec![echo("next", "a+/=", None)], list, json!({"MaxResults": 100, "NextToken": "a+/="})),
        (
            "sm-list-path",
            vec![path("team-a/")],
            list,
            json!({"Filters": [{"Key": "name", "Values": ["team-a"]}], "MaxResults": 100}),
        ),
    ];
    all_sent("aws", of_service("SecretsManager"), &rows.each_ref().map(|(id, ..)| *id));
    for (operation, args, target, body) in rows {
        let expected = format!("POST / X-Amz-Target: {target} {body}");
        assert_eq!(sent(&program, operation, &args), Ok(expected), "{operation}");
    }
    for (operation, args, reason) in [
        ("sm-get", vec![key("team-b/db")], Reason::KeyNotGranted),
        // Secrets Manager knows `/team-a/db` as another secret than `team-a/db`.
        ("sm-get", vec![key("/team-a/db")], Reason::SlotNotAllowed),
        ("sm-get-listed", vec![echo("name", "/team-a/db", Some(&[]))], Reason::SlotNotAllowed),
        (
            "sm-get",
            vec![key("arn:aws:secretsmanager:eu-central-1:999999999999:secret:team-a/db")],
            Reason::SlotNotAllowed,
        ),
        ("sm-get", vec![key("team-a/db"), version("stage", "a\"b")], Reason::SlotNotAllowed),
        ("sm-list-path", vec![path("team-b")], Reason::KeyNotGranted),
        ("ps-get", vec![key("team-a/db")], Reason::OperationNotGranted),
    ] {
        assert_eq!(sent(&program, operation, &args), Err(reason), "{operation}");
    }
}

#[test]
fn aws_asks_parameter_store() {
    let catalogue = Arc::new(catalogue("aws"));
    let mut grant = shown("aws", &catalogue);
    for target in
        grant.spec.targets.iter_mut().filter(|target| target.authority.as_deref() == Some("secretsmanager"))
    {
        target.authority = Some("ssm".into());
        target.origin = "https://ssm.eu-central-1.amazonaws.com".into();
    }
    let program =
        compile_grant(&catalogue, &grant, &aws("ParameterStore")).unwrap_or_else(|denial| panic!("{denial}"));
    let (get, list, tags) =
        ("AmazonSSM.GetParameter", "AmazonSSM.DescribeParameters", "AmazonSSM.ListTagsForResource");
    let named = |name: &str| json!({"Name": name, "WithDecryption": true});
    let tagged = json!({"ResourceId": "/team-a/db", "ResourceType": "Parameter"});
    let below = json!([{"Key": "Name", "Option": "BeginsWith", "Values": ["/team-a"]}]);
    let rows = [
        ("ps-get", vec![key("/team-a/db")], get, named("/team-a/db")),
        ("ps-get", vec![key("team-a/db"), version("version", "prod")], get, named("team-a/db:prod")),
        ("ps-get-listed", vec![echo("name", "/team-a/db", Some(&[]))], get, named("/team-a/db")),
        ("ps-metadata", vec![key("/team-a/db")], tags, tagged.clone()),
        ("ps-tags", vec![echo("name", "/team-a/db", Some(&[]))], tags, tagged),
        ("ps-list", vec![], list, json!({"MaxResults": 50})),
        ("ps-list-path", vec![path("/team-a")], list, json!({"MaxResults": 50, "ParameterFilters": below})),
    ];
    all_sent("aws", of_service("ParameterStore"), &rows.each_ref().map(|(id, ..)| *id));
    for (operation, args, target, body) in rows {
        let expected = format!("POST / X-Amz-Target: {target} {body}");
        assert_eq!(sent(&program, operation, &args), Ok(expected), "{operation}");
    }
    for (operation, args, reason) in [
        ("ps-get", vec![key("/team-b/db")], Reason::KeyNotGranted),
        ("ps-get", vec![key("/team-a/db:2")], Reason::SlotNotAllowed),
        (
            "ps-get",
            vec![key("arn:aws:ssm:eu-central-1:999999999999:parameter/team-a/db")],
            Reason::SlotNotAllowed,
        ),
        ("ps-get", vec![key("/aws/reference/secretsmanager/team-a/db")], Reason::KeyNotGranted),
        ("sm-get", vec![key("team-a/db")], Reason::OperationNotGranted),
    ] {
        assert_eq!(sent(&program, operation, &args), Err(reason), "{operation}");
    }
}

#[test]
fn aws_assumes_the_granted_role_with_a_policy_of_the_granted_keys() {
    let mut settings = aws("SecretsManager");
    settings["role"] = json!("arn:aws:iam::123456789012:role/team-a-reader");
    let program = program("aws", &settings);
    let line = sent(&program, "assume-role", &[]).unwrap();
    let (form, policy) = line.split_once(" Policy=").unwrap();
    assert_eq!(
        form, "POST / Action=AssumeRole DurationSeconds=900",
        "no external id, since the grant has none"
    );
    assert!(
        policy.contains(r#""arn:aws:secretsmanager:eu-central-1:123456789012:secret:team-a/*-??????""#),
        "{policy}"
    );
    assert!(!policy.contains("ssm"), "{policy}");
    let role = "RoleArn=arn:aws:iam::123456789012:role/team-a-reader";
    assert!(policy.ends_with(&format!(" {role} RoleSessionName=bailiwick Version=2011-06-15")), "{policy}");
    let identity = "POST / Action=GetCallerIdentity Version=2011-06-15";
    assert_eq!(sent(&program, "identity", &[]).as_deref(), Ok(identity));
    all_sent("aws", |op| op.class == OperationClass::Exchange, &["assume-role", "identity"]);
    settings["role"] = json!("arn:aws:iam::999999999999:role/team-a-reader");
    assert_eq!(compile("aws", &settings).err().expect("refused").reason, Reason::AccountNotGranted);
}
