from tests.config.config_folders import WRITER, faults_in, write_folder


def test_the_self_tests_tenant_cannot_be_configured(tmp_path):
    text = WRITER.replace("id: writer", "id: finops-canary", 1)
    (fault,) = faults_in(write_folder(tmp_path, tenants={"finops-canary": text}))
    assert fault.key == "id"
    assert "reserved for the platform's self-test" in fault.problem
