from finops_constructs.checks.registry_value_size import REGISTRY_VALUE_SIZE


def parameter(value, name="/finops/writer/policy"):
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Value": value}}


def test_a_value_of_four_kilobytes_is_compliant(assembly, details):
    assert details(REGISTRY_VALUE_SIZE, assembly({"E": parameter("x" * 4096)})) == {}


def test_fails_when_a_value_is_one_byte_larger(assembly, details):
    found = details(REGISTRY_VALUE_SIZE, assembly({"E": parameter("x" * 4095 + "é")}))
    assert found == {"E": "4097 bytes, allowed are 4096"}


def test_parameters_outside_the_registry_are_not_its_business(assembly, details):
    app = assembly({"E": parameter("x" * 5000, name="/app/settings")})
    assert details(REGISTRY_VALUE_SIZE, app) == {}


def test_what_the_deployment_fills_in_counts_with_its_longest_length(assembly, details):
    def joined(count):
        references = [{"Fn::GetAtt": ["Topic", "TopicArn"]}] * count
        return parameter({"Fn::Join": ["", [*references, {"Ref": "AWS::AccountId"}]]})

    assert details(REGISTRY_VALUE_SIZE, assembly({"E": joined(15)}, account=None)) == {}
    found = details(REGISTRY_VALUE_SIZE, assembly({"E": joined(16)}, account=None))
    assert found == {"E": "4108 bytes, allowed are 4096"}
