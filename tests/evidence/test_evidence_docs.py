"""The page about evidence says what is so."""

import json
import re
from pathlib import Path

import pytest
import yaml
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from finops_constructs.config.regulation import Regulation
from finops_constructs.controls.catalogue import load_catalogue
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.live_state import LiveState
from tests.evidence.test_files import FORBIDDEN
from tests.stacks_under_test import new_stack

PAGE = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, flags=re.DOTALL)


def blocks(language):
    return [text for name, text in BLOCKS if name == language]


def test_the_declaration_of_the_page_is_valid():
    (text,) = blocks("yaml")
    declared = Regulation.model_validate(yaml.safe_load(text)["regulation"])
    assert declared.documents[0].clause in load_catalogue().by_id


@pytest.mark.parametrize("example", blocks("python"))
def test_the_examples_of_the_page_run(example):
    stack = new_stack("Page")
    bucket = s3.Bucket(stack, "Log")
    names = {
        "stack": stack,
        "bucket": bucket,
        "bucket_arn": "arn:aws:s3:::finops-audit",
        "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/0a1b",
    }
    exec(compile(example, "docs/evidence.md", "exec"), names)
    written = json.dumps(Template.from_stack(stack).to_json())
    assert "finops:evidence" in written


@pytest.mark.parametrize("word", [*Verdict, *LiveState])
def test_the_page_explains_every_word_of_the_files(word):
    assert f"`{word}`" in PAGE


def test_the_page_says_nothing_only_a_lawyer_may():
    assert not FORBIDDEN.search(PAGE)
