import json

TRAIL = "AWS::CloudTrail::Trail"


def selectors(template, one):
    found = one(template, TRAIL)["Properties"]["AdvancedEventSelectors"]
    return {
        each["Name"]: {field["Field"]: field for field in each["FieldSelectors"]} for each in found
    }


def test_everybody_who_looks_up_or_erases_a_name_is_noted(default_stacks, one):
    names = selectors(default_stacks[1], one)["names"]
    assert names["resources.type"]["Equals"] == ["AWS::DynamoDB::Table"]
    (table,) = names["resources.ARN"]["Equals"]
    assert table["Fn::GetAtt"][0].startswith("AuditLogArchiverNames")
    assert names["eventName"]["NotEquals"] == ["BatchWriteItem"]
    assert "readOnly" not in names


def test_reading_the_log_of_the_own_account_is_noted(default_stacks, full_stacks, one):
    own = selectors(default_stacks[1], one)["reading"]["resources.ARN"]["StartsWith"]
    assert "finops-audit-111122223333-eu-west-1/" in json.dumps(own)
    other = selectors(full_stacks[1], one)["reading"]["resources.ARN"]["StartsWith"]
    assert "finops-audit" not in json.dumps(other)
    assert "finops-content-111122223333-eu-west-1/" in json.dumps(other)


def test_its_files_are_validated_and_cloudtrail_alone_writes_them(default_stacks, one):
    trail = one(default_stacks[1], TRAIL)
    assert trail["Properties"]["EnableLogFileValidation"] is True
    assert any("AccessPolicy" in each for each in trail["DependsOn"])
    policy = one(default_stacks[1], "AWS::S3::BucketPolicy", "Access")["Properties"]
    allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        source = statement["Condition"]["StringEquals"]["aws:SourceArn"]
        assert "trail/finops-access" in json.dumps(source)
