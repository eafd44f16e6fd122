"""Functions for the templates of tests."""

ROLE = "arn:aws:iam::111122223333:role/any"


def function(code, **properties):
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Architectures": ["arm64"],
            "Handler": "index.handler",
            "Timeout": 20,
            "Role": ROLE,
            "Code": {"ZipFile": code},
            **properties,
        },
    }


def arn(logical_id):
    return {"Fn::GetAtt": [logical_id, "Arn"]}
